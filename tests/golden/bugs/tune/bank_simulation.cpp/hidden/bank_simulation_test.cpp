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

int main() {
  for (Cents amount = -2; amount < 25; ++amount) {
    Bank bank;
    bank.open("a");
    bank.open("b");
    bank.pay_in("a", 20);
    const bool allowed = amount > 0 && amount <= 20;
    assert(refuses(bank, "a", "b", amount) == !allowed);
    assert(bank.balance("a") == (allowed ? 20 - amount : 20));
    assert(bank.balance("b") == (allowed ? amount : 0));
    assert(bank.undo() == allowed);
    assert(bank.balance("a") == 20 && bank.balance("b") == 0);
  }
  Bank bank;
  bank.open("a");
  bank.open("b");
  bank.pay_in("a", 99);
  assert(!refuses(bank, "a", "a", 99) && bank.balance("a") == 99);
  assert(!refuses(bank, "a", "b", 50) && !refuses(bank, "b", "a", 50));
  assert(bank.undo() && bank.balance("b") == 50 && bank.undo());
  assert(bank.balance("a") == 99);
  assert(!refuses(bank, "a", "b", 40));
  bank.add_interest(10);
  assert(!bank.undo() && bank.balance("a") == 64 && bank.balance("b") == 44);
  assert(refuses(bank, "x", "a", 1) && refuses(bank, "a", "x", 1));
  bool thrown = false;
  try {
    bank.open("a");
  } catch (const std::invalid_argument&) {
    thrown = true;
  }
  assert(thrown && bank.balance("a") == 64);
}
