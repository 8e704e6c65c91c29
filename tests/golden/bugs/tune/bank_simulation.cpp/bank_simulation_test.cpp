#include "bank_simulation.cpp"

#include <cassert>

bool refuses(Bank& bank, const std::string& from, const std::string& to, Cents amount) {
  try {
    bank.transfer(from, to, amount);
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

Bank example() {
  Bank bank;
  bank.open("ann");
  bank.open("bob");
  bank.pay_in("ann", 1000);
  return bank;
}

void small_transfers_and_undo() {
  Bank bank = example();
  bank.transfer("ann", "bob", 300);
  assert(bank.balance("ann") == 700 && bank.balance("bob") == 300);
  assert(bank.undo() && bank.balance("ann") == 1000);
  assert(!bank.undo());
}

void interest() {
  Bank bank = example();
  bank.add_interest(3);
  assert(bank.total() == 1030);
}

void unknown_accounts() {
  Bank bank = example();
  assert(refuses(bank, "ann", "eve", 5) && bank.balance("ann") == 1000);
}

void not_enough_money() {
  Bank bank = example();
  assert(refuses(bank, "ann", "bob", 1001));
  assert(bank.balance("ann") == 1000);
}

void all_of_the_money() {
  Bank bank = example();
  assert(!refuses(bank, "ann", "bob", 1000));
  assert(bank.balance("bob") == 1000 && bank.total() == 1000);
}

int main() {
  small_transfers_and_undo();
  interest();
  unknown_accounts();
  not_enough_money();
  all_of_the_money();
}
