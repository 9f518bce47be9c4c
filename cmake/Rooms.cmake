# The headers that most sources read, compiled once (cmake/precompiled.h).
add_library(ysnp_precompiled STATIC ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(ysnp_precompiled PRIVATE ysnp_options Boost::headers nlohmann_json::nlohmann_json)
target_precompile_headers(ysnp_precompiled PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # without its time of making, what ccache keeps fits every clone
  target_compile_options(ysnp_precompiled PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# ysnp_precompiled_headers(<target>): the target's sources start from them.
function(ysnp_precompiled_headers target)
  target_precompile_headers(${target} REUSE_FROM ysnp_precompiled)
endfunction()

# ysnp_room(<target> <libraries...>): a static library of all .cpp files in this folder.
function(ysnp_room target)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ysnp_options ${ARGN})
    ysnp_precompiled_headers(${target})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ysnp_options ${ARGN})
  endif()
endfunction()
