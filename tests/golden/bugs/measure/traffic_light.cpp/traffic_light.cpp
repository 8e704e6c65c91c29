// A traffic light that steps once a second.
#include <memory>
#include <string>

enum class Colour { red, green, yellow };

std::string name(Colour colour) {
  switch (colour) {
    case Colour::red:
      return "red";
    case Colour::green:
      return "green";
    case Colour::yellow:
      return "yellow";
  }
  return "?";
}

// Red for 4 seconds, green for 3, yellow for 1, then red again; it begins with all of red. While
// nobody has pressed the button, green stays on after its 3 seconds; a press counts for one change
// from green to yellow, and is remembered until then.
class Light {
 public:
  Colour colour() const { return colour_; }
  void press() { pressed_ = true; }

  // One second goes by.
  void step() {
    ++seconds_;
    if (colour_ == Colour::red && seconds_ >= 4) {
      become(Colour::green);
    } else if (colour_ == Colour::green && seconds_ >= 3 && pressed_) {
      pressed_ = false;
      become(Colour::yellow);
    } else if (colour_ == Colour::yellow && seconds_ >= 1) {
      become(Colour::red);
    }
  }

 private:
  void become(Colour colour) {
    colour_ = colour;
    seconds_ = 0;
  }

  Colour colour_ = Colour::red;
  int seconds_;
  bool pressed_ = false;
};

// A new light that was stepped so many times.
std::unique_ptr<Light> after(int seconds) {
  std::unique_ptr<Light> light(new Light);
  for (int i = 0; i < seconds; ++i) light->step();
  return light;
}
