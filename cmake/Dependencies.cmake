find_package(Boost 1.83 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp) # yaml-cpp before 0.8
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED libgit2>=1.7)

# Asio and Beast are compiled once, in net/asio.cpp and net/beast.cpp.
add_library(ysnp_asio INTERFACE)
target_link_libraries(ysnp_asio INTERFACE Boost::headers OpenSSL::SSL Threads::Threads)
# For every source alike: the precompiled header knows them.
target_compile_definitions(ysnp_options INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ALLOW_DEPRECATED_HEADERS)
