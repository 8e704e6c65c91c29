# The few rules every target shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-fPIC>)  # programs too: they share precompiled headers
find_package(Threads REQUIRED)

add_library(lemma_flags INTERFACE)
target_compile_options(lemma_flags INTERFACE $<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;-Wpedantic;
  -Wshadow;-Wno-missing-field-initializers>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 sees these in std::string's own code, once that is inlined.
  target_compile_options(lemma_flags INTERFACE $<$<COMPILE_LANGUAGE:C,CXX>:-Wno-array-bounds;
    -Wno-stringop-overflow;-Wno-restrict>)
endif()
target_include_directories(lemma_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(lemma_flags INTERFACE Threads::Threads)
if(LEMMA_CHECKED_STL)
  target_compile_definitions(lemma_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(LEMMA_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(LEMMA_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(LEMMA_SANITIZER)
  message(FATAL_ERROR "LEMMA_SANITIZER is '${LEMMA_SANITIZER}'; it must be address, thread or empty")
endif()

if(LEMMA_SANITIZER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With a sanitizer's code in between, gcc takes moved-from variants for uninitialised ones.
  target_compile_options(lemma_flags INTERFACE
    $<$<COMPILE_LANGUAGE:C,CXX>:-Wno-maybe-uninitialized>)
endif()

# What is built once and not edited meanwhile joins the files of a folder, eight at a time: less than
# half of the time, most of which are headers and templates. Each sees the names of those before it.
if(CMAKE_UNITY_BUILD)
  target_compile_options(lemma_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-shadow>
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)  # clang does not know it
endif()

if(LEMMA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "LEMMA_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Half of the time of a build was the standard library, read again for each file.
set(LEMMA_STANDARD_HEADERS <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <cstdint>
  <cstdlib> <cstring> <deque> <filesystem> <fstream> <functional> <iostream> <map> <memory> <mutex>
  <numeric> <optional> <random> <set> <span> <sstream> <stop_token> <string> <string_view> <thread>
  <unordered_map> <utility> <variant> <vector>)
add_library(lemma_precompiled STATIC ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(lemma_precompiled PRIVATE lemma_flags)
target_precompile_headers(lemma_precompiled PRIVATE ${LEMMA_STANDARD_HEADERS})

# lemma_library(engine/gguf DEPENDS engine/base): one static library for one folder, made of all its
# *.cpp. The dependencies are public, so what a folder may include is what it names here (and
# tests/house checks the includes against the design).
function(lemma_library folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(${target} STATIC ${sources})
    set(visibility PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_link_libraries(${target} ${visibility} lemma_flags ${ARG_LIBRARIES})
  if(sources)
    target_precompile_headers(${target} REUSE_FROM lemma_precompiled)
  endif()
  foreach(dependency ${ARG_DEPENDS})
    string(REPLACE "/" "_" dependency ${dependency})
    target_link_libraries(${target} ${visibility} ${dependency})
  endforeach()
endfunction()
