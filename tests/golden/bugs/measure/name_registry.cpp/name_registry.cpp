// Names of persons and where each one is used.
#include <memory>
#include <string>
#include <vector>

struct Person {
  std::string name;
  int uses;
};

// Owns persons. A pointer to a person stays valid while the registry lives, or until the person is
// removed.
class Registry {
 public:
  // The person of that name, new with 0 uses if there is none yet.
  Person* get(const std::string& name) {
    for (auto& person : persons_) {
      if (person->name == name) return person.get();
    }
    persons_.push_back(std::make_unique<Person>(Person{name, 0}));
    return persons_.back().get();
  }

  // Removes a person; returns how often it was used, -1 if there is none of that name.
  int remove(const std::string& name) {
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      if (persons_[i]->name != name) continue;
      const Person* person = persons_[i].get();
      persons_.erase(persons_.begin() + static_cast<std::ptrdiff_t>(i));
      return person->uses;
    }
    return -1;
  }

  std::size_t size() const { return persons_.size(); }

 private:
  std::vector<std::unique_ptr<Person>> persons_;
};
