#include "lsp/features/builtins.h"

#include <string>

namespace lsp::features {
namespace {

using syntax::Language;

// Each between two blanks.
constexpr std::string_view of_python =
    " "
    "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup "
    "BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError "
    "ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError "
    "DeprecationWarning EOFError Ellipsis EnvironmentError Exception ExceptionGroup False "
    "FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError "
    "ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError "
    "KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None "
    "NotADirectoryError NotImplemented NotImplementedError OSError OverflowError "
    "PendingDeprecationWarning PermissionError ProcessLookupError RecursionError "
    "ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration "
    "StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError "
    "True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError "
    "UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError "
    "__annotations__ __builtins__ __class__ __debug__ __doc__ __file__ __import__ __loader__ "
    "__name__ __package__ __path__ __spec__ abs aiter all anext any ascii bin bool breakpoint "
    "bytearray bytes callable chr classmethod cls compile complex copyright credits delattr "
    "dict dir display divmod enumerate eval exec exit filter float format frozenset "
    "get_ipython getattr globals hasattr hash help hex id input int isinstance issubclass "
    "iter len license list locals map max memoryview min next object oct open ord pow print "
    "property quit range repr reversed round self set setattr slice sorted staticmethod str "
    "sum super tuple type vars zip ";

constexpr std::string_view of_javascript =
    " "
    "AbortController AbortSignal Array ArrayBuffer Atomics BigInt BigInt64Array "
    "BigUint64Array Blob Boolean Buffer CustomEvent DOMException DOMParser DataView Date "
    "Document Element Error EvalError Event EventSource EventTarget File FileReader "
    "Float32Array Float64Array FormData Function HTMLElement Headers Image Infinity "
    "Int16Array Int32Array Int8Array IntersectionObserver Intl JSON Map Math MessageChannel "
    "MutationObserver NaN Node NodeList Number Object Promise Proxy RangeError ReferenceError "
    "Reflect RegExp Request ResizeObserver Response Set SharedArrayBuffer String Symbol "
    "SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint16Array "
    "Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket "
    "Window Worker XMLHttpRequest __dirname __filename afterAll afterEach alert arguments "
    "atob beforeAll beforeEach btoa cancelAnimationFrame clearImmediate clearInterval "
    "clearTimeout confirm console crypto decodeURI decodeURIComponent define describe "
    "document encodeURI encodeURIComponent escape eval expect exports fetch global globalThis "
    "history isFinite isNaN it jest localStorage location module navigator parseFloat "
    "parseInt performance process prompt queueMicrotask requestAnimationFrame require screen "
    "self sessionStorage setImmediate setInterval setTimeout structuredClone test undefined "
    "unescape vi window ";

constexpr std::string_view of_go =
    " "
    "any append bool byte cap clear close comparable complex complex128 complex64 copy delete "
    "error false float32 float64 imag init int int16 int32 int64 int8 iota len main make max "
    "min new nil panic print println real recover rune string true uint uint16 uint32 uint64 "
    "uint8 uintptr ";

constexpr std::string_view of_lua =
    " "
    "_ENV _G _VERSION arg assert bit bit32 collectgarbage coroutine debug dofile error "
    "getfenv getmetatable io ipairs jit load loadfile loadstring love math module newproxy "
    "next ngx os package pairs pcall print rawequal rawget rawlen rawset redis require select "
    "self setfenv setmetatable string table tonumber tostring type unpack utf8 vim warn "
    "xpcall ";

std::string_view names_of(Language language) {
  switch (language) {
    case Language::python:
      return of_python;
    case Language::javascript:
    case Language::typescript:
    case Language::tsx:
      return of_javascript;
    case Language::go:
      return of_go;
    case Language::lua:
      return of_lua;
    default:
      return "";
  }
}

}  // namespace

bool binds_all_names(Language language) { return !names_of(language).empty(); }

bool is_builtin(Language language, std::string_view name) {
  return names_of(language).find(" " + std::string(name) + " ") != std::string_view::npos;
}

}  // namespace lsp::features
