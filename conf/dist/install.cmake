# What is installed on a host beside the program; `make install DESTDIR=…`.
include(GNUInstallDirs)
set(dist ${CMAKE_CURRENT_LIST_DIR})
set(YSNP_UNIT_DIR lib/systemd/system CACHE STRING "Where systemd units go, below the prefix")
# The unit names the program where it is installed, which is known only then.
install(CODE "
  file(READ \"${dist}/ysnprunner.service\" unit)
  string(REPLACE \"/usr/bin/ysnprunner\" \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/ysnprunner\" unit \"\${unit}\")
  file(WRITE \"${CMAKE_CURRENT_BINARY_DIR}/installed/ysnprunner.service\" \"\${unit}\")
  file(INSTALL \"${CMAKE_CURRENT_BINARY_DIR}/installed/ysnprunner.service\"
       DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${YSNP_UNIT_DIR}\")
" COMPONENT ysnprunner)
install(FILES ${dist}/ysnprunner.sysusers DESTINATION lib/sysusers.d RENAME ysnprunner.conf COMPONENT ysnprunner)
install(FILES ${dist}/ysnprunner.tmpfiles DESTINATION lib/tmpfiles.d RENAME ysnprunner.conf COMPONENT ysnprunner)
install(FILES ${dist}/ysnprunner.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ysnprunner)
install(FILES ${dist}/config.example.yml DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/ysnprunner COMPONENT ysnprunner)
install(FILES ${dist}/completions/ysnprunner.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ysnprunner COMPONENT ysnprunner)
install(FILES ${dist}/completions/_ysnprunner DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT ysnprunner)
install(FILES ${dist}/completions/ysnprunner.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT ysnprunner)
if(TARGET ysnprunner)
  install(TARGETS ysnprunner RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ysnprunner)
endif()
