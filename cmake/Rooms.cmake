# ysnp_precompile(<target> <header> <libraries...>): a header that many sources read, compiled once per preset; with
# Clang the code of its inline functions and instantiations as well, into <target>_code, instead of in every source.
function(ysnp_precompile target header)
  add_library(${target} STATIC ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${target} PRIVATE ysnp_options ${ARGN})
  target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${header})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  # without its time of making, what ccache keeps fits every clone
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp" -fpch-instantiate-templates -fpch-codegen)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  set(compiled ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${target}_code.o)
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
  add_custom_command(OUTPUT ${object} DEPENDS ${target} ${compiled} COMMAND_EXPAND_LISTS
    COMMAND ${CMAKE_CXX_COMPILER} ${flags} "$<TARGET_PROPERTY:ysnp_options,INTERFACE_COMPILE_OPTIONS>" -std=c++20
    -ffunction-sections -fdata-sections -c ${compiled} -o ${object})
  add_library(${target}_code STATIC ${object})
  set_target_properties(${target}_code PROPERTIES LINKER_LANGUAGE CXX)
  target_link_options(${target}_code INTERFACE -Wl,--gc-sections) # of its code, what nobody calls need not be complete
endfunction()

# ysnp_start_from(<target> <precompiled>): the target's sources start from that header.
function(ysnp_start_from target precompiled)
  target_precompile_headers(${target} REUSE_FROM ${precompiled})
  if(TARGET ${precompiled}_code)
    target_link_libraries(${target} PRIVATE ${precompiled}_code)
  endif()
endfunction()

ysnp_precompile(ysnp_precompiled precompiled.h Boost::headers nlohmann_json::nlohmann_json)

set(ysnp_room_starts_from ysnp_precompiled)

# ysnp_room(<target> <libraries...>): a static library of all .cpp files in this folder. They start from precompiled.h
# or what ${ysnp_room_starts_from} names.
function(ysnp_room target)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ysnp_options ${ARGN})
    ysnp_start_from(${target} ${ysnp_room_starts_from})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ysnp_options ${ARGN})
  endif()
endfunction()
