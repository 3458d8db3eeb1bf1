// The language without its library: static objects, virtual functions, new and delete, objects of
// functions, destructors at the end.
#include <invar/sw/driver/machine.h>
#include <invar/sw/port/riscv/riscv_port.h>
#include <stdio.h>

namespace {

int destroyed = 0;

struct Shape {
  virtual ~Shape() { ++destroyed; }
  virtual int corners() const = 0;
};
struct Triangle : Shape {
  int corners() const override { return 3; }
};

struct Counter {
  int value;
  Counter() : value(42) {}
  ~Counter() { printf("the counter goes at %d\n", value); }
};
Counter counter;

int next() {
  static Counter local = counter;
  return ++local.value;
}

template <typename Function>
int twice(Function function) {
  return function() + function();
}

}  // namespace

int main() {
  Shape* const shape = new Triangle;
  const int corners = shape->corners();
  delete shape;
  int* const numbers = new int[100];
  numbers[99] = 7;
  const int sum = twice([&] { return numbers[99]; }) + next() + next();
  delete[] numbers;
  printf("%d corners, %d, destroyed %d, port %d\n", corners, sum, destroyed,
         invar_riscv_port() != nullptr);
  return corners == 3 && sum == 14 + 43 + 44 && destroyed == 1 ? 0 : 1;
}
