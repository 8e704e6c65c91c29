#include "tests/lsp/syntax/check.h"

namespace lsp::syntax {

TEST_CASE("symbols of Python") {
  check_symbols("python", R"(LIMIT = 3
class Shape(Base):
    sides = 0
    @property
    def area(self, scale: int = 1) -> float:
        local = 1
        def helper(): return local
        return helper()

async def main(): pass
keep = lambda x: (y := x)
)",
                "variable LIMIT | LIMIT = 3\n"
                "type Shape | class Shape(Base):\n"
                "field sides | sides = 0\n"
                "method area | def area(self, scale: int = 1) -> float:\n"
                "function helper | def helper():\n"
                "function main | async def main():\n"
                "function keep | keep = lambda x:\n");
}

TEST_CASE("symbols of C") {
  check_symbols("c", R"(#define LIMIT 3
#define MAX(a, b) ((a) > (b) ? (a) : (b))
typedef struct { int x; char *name; } Point;
struct Node { struct Node *next, **all; int (*visit)(int); };
enum Color { RED, GREEN };
static const char *names[] = {"a"};
int add(int a, int b);
char **copy(char **from) {
  int count = 0;
  return 0;
}
)",
                "variable LIMIT | #define LIMIT 3\n"
                "function MAX | #define MAX(a, b) ((a) > (b) ? (a) : (b))\n"
                "type Point | typedef struct { int x; char *name; } Point;\n"
                "field x | int x;\n"
                "field name | char *name;\n"
                "type Node | struct Node\n"
                "field next | struct Node *next, **all;\n"
                "field all | struct Node *next, **all;\n"
                "field visit | int (*visit)(int);\n"
                "type Color | enum Color\n"
                "field RED | RED\n"
                "field GREEN | GREEN\n"
                "variable names | static const char *names[] = {\"a\"};\n"
                "function add | int add(int a, int b);\n"
                "function copy | char **copy(char **from)\n");
}

TEST_CASE("symbols of C++") {
  check_symbols("cpp", R"(namespace app::core {
template <typename T>
class Box : public Base {
 public:
  explicit Box(T value) : value_(value) {}
  ~Box();
  const T& get() const { return value_; }
  bool operator==(const Box& other) const;
  static int count;
 private:
  T value_;
};
using Name = std::string;
Box<int>& Box<int>::swap(Box& other) {
  auto f = [](int x) { int inside = x; return inside; };
  return *this;
}
int outer::Inner::f() { return 1; }
std::string& name();
}
)",
                "module app::core | namespace app::core\n"
                "type Box | class Box : public Base\n"
                "method Box | explicit Box(T value) : value_(value)\n"
                "method ~Box | ~Box();\n"
                "method get | const T& get() const\n"
                "method operator== | bool operator==(const Box& other) const;\n"
                "field count | static int count;\n"
                "field value_ | T value_;\n"
                "type Name | using Name = std::string;\n"
                "method swap | Box<int>& Box<int>::swap(Box& other)\n"
                "method f | int outer::Inner::f()\n"
                "function name | std::string& name();\n");
}

TEST_CASE("symbols of JavaScript") {
  check_symbols("javascript", R"(const limit = 3;
function area(shape) { const local = 1; return local; }
class Shape extends Base {
  sides = 0;
  #secret;
  constructor(name) { super(name); }
  static async load() {}
}
const double = (x) => { return 2 * x; };
exports.run = function (args) { let here; };
describe("x", () => { const hidden = 1; });
)",
                "variable limit | limit = 3\n"
                "function area | function area(shape)\n"
                "type Shape | class Shape extends Base\n"
                "field sides | sides = 0\n"
                "field #secret | #secret\n"
                "method constructor | constructor(name)\n"
                "method load | static async load()\n"
                "function double | double = (x) =>\n"
                "function run | exports.run = function (args)\n");
}

TEST_CASE("symbols of TypeScript and TSX") {
  for (const char* id : {"typescript", "typescriptreact"}) {
    check_symbols(id, R"(interface Shape { area(): number; readonly name: string; }
type Pair<T> = [T, T];
enum Color { Red, Green = 2 }
export abstract class Base<T> { private value: T; abstract get(): T; }
namespace util { export const one = 1; }
declare function load(path: string): void;
export const App = (props: Props) => null;
)",
                  "type Shape | interface Shape\n"
                  "method area | area(): number\n"
                  "field name | readonly name: string\n"
                  "type Pair | type Pair<T> = [T, T];\n"
                  "type Color | enum Color\n"
                  "field Red | Red\n"
                  "field Green | Green = 2\n"
                  "type Base | abstract class Base<T>\n"
                  "field value | private value: T\n"
                  "method get | abstract get(): T\n"
                  "module util | namespace util\n"
                  "variable one | one = 1\n"
                  "function load | function load(path: string): void;\n"
                  "function App | App = (props: Props) =>\n");
  }
}

TEST_CASE("symbols of Rust") {
  check_symbols("rust", R"(const LIMIT: usize = 3;
pub struct Stack<T> { items: Vec<T> }
enum Color { Red, Rgb(u8, u8, u8) }
trait Area { fn area(&self) -> f64; }
impl<T> Area for Stack<T> {
    fn area(&self) -> f64 { let local = 1.0; local }
}
mod inner { pub fn run() {} }
macro_rules! twice { ($x:expr) => { $x; $x }; }
)",
                "variable LIMIT | const LIMIT: usize = 3;\n"
                "type Stack | pub struct Stack<T>\n"
                "field items | items: Vec<T>\n"
                "type Color | enum Color\n"
                "field Red | Red\n"
                "field Rgb | Rgb\n"
                "type Area | trait Area\n"
                "method area | fn area(&self) -> f64;\n"
                "type Stack | impl<T> Area for Stack<T>\n"
                "method area | fn area(&self) -> f64\n"
                "module inner | mod inner\n"
                "function run | pub fn run()\n"
                "function twice | macro_rules! twice { ($x:expr) => { $x; $x }; }\n");
}

TEST_CASE("symbols of Go") {
  check_symbols("go", R"(package main
const Limit = 3
var ( first, second int )
type Stack[T any] struct { items []T }
type Shape interface { Area() float64 }
func (s *Stack[T]) Push(item T) { local := item; _ = local }
func main() { f := func() { x := 1; _ = x }; f() }
)",
                "variable Limit | Limit = 3\n"
                "variable first | first, second int\n"
                "variable second | first, second int\n"
                "type Stack | type Stack[T any] struct { items []T }\n"
                "field items | items []T\n"
                "type Shape | type Shape interface { Area() float64 }\n"
                "method Area | Area() float64\n"
                "method Push | func (s *Stack[T]) Push(item T)\n"
                "function main | func main()\n");
}

TEST_CASE("symbols of Java") {
  check_symbols("java", R"(package app;
public class Shape<T> extends Base {
  private static final int LIMIT = 3;
  public Shape(String name) { this.name = name; }
  @Override
  public double area() { int local = 1; return local; }
  enum Color { RED, GREEN }
  record Point(int x, int y) {}
}
interface Area { double area(); }
)",
                "type Shape | public class Shape<T> extends Base\n"
                "field LIMIT | private static final int LIMIT = 3;\n"
                "method Shape | public Shape(String name)\n"
                "method area | @Override\n  public double area()\n"
                "type Color | enum Color\n"
                "field RED | RED\n"
                "field GREEN | GREEN\n"
                "type Point | record Point(int x, int y)\n"
                "type Area | interface Area\n"
                "method area | double area();\n");
}

TEST_CASE("symbols of Lua") {
  check_symbols("lua", R"(local M = {}
local limit = 3
function M.area(shape) local inside = 1 return inside end
function M:name() return 1 end
local function helper(...) end
M.run = function(args)
  return 1
end
return { start = function() return 1 end }
)",
                "variable M | M = {}\n"
                "variable limit | limit = 3\n"
                "function area | function M.area(shape)\n"
                "method name | function M:name()\n"
                "function helper | local function helper(...) end\n"
                "function run | M.run = function(args)\n"
                "function start | start = function()\n");
}

TEST_CASE("symbols of Bash") {
  check_symbols("shellscript", R"(LIMIT=3
readonly NAME="x"
area() {
  local inside=1
}
function main { area; }
)",
                "variable LIMIT | LIMIT=3\n"
                "variable NAME | NAME=\"x\"\n"
                "function area | area()\n"
                "function main | function main\n");
}

TEST_CASE("symbols of JSON") {
  check_symbols("json", R"({"name": "x", "scripts": {"test": "y"}, "list": [{"a": 1}]})",
                "field name | \"name\": \"x\"\n"
                "field scripts | \"scripts\": {\"test\": \"y\"}\n"
                "field test | \"test\": \"y\"\n"
                "field list | \"list\": [{\"a\": 1}]\n"
                "field a | \"a\": 1\n");
}

TEST_CASE("symbols of Markdown") {
  check_symbols("markdown", "# Title\n\ntext\n\n## Part *one*\n\nmore\n\nOther\n=====\n",
                "section Title | # Title\n"
                "section Part *one* | ## Part *one*\n"
                "section Other | Other\n");
}

}  // namespace lsp::syntax
