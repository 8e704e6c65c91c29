# The few rules every target shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
find_package(Threads REQUIRED)

add_library(lemma_flags INTERFACE)
target_compile_options(lemma_flags INTERFACE $<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;-Wpedantic;
  -Werror;-Wshadow;-Wno-missing-field-initializers>)
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

if(LEMMA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "LEMMA_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

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
  foreach(dependency ${ARG_DEPENDS})
    string(REPLACE "/" "_" dependency ${dependency})
    target_link_libraries(${target} ${visibility} ${dependency})
  endforeach()
endfunction()
