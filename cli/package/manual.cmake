# Man pages and completion: templates filled with what the commands parse, so that they say
# of each option what --help says. The program that fills them runs at build time; a cross
# build without an emulator goes without.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "Cross build: no man pages, no completion")
  return()
endif()
find_program(GZIP gzip REQUIRED)

set(manual_files "")
# manual_file(TEMPLATE): fills TEMPLATE.in into the build folder.
function(manual_file template)
  cmake_path(GET template FILENAME name)
  add_custom_command(
    OUTPUT ${name}
    COMMAND hookjournal-manual ${CMAKE_CURRENT_SOURCE_DIR}/${template}.in > ${name}
    DEPENDS hookjournal-manual ${template}.in VERBATIM)
  set(manual_files ${manual_files} ${CMAKE_CURRENT_BINARY_DIR}/${name} PARENT_SCOPE)
endfunction()

foreach(page hookjournal.1 hookjournal-hook.8 hookjournal-journal.5)
  manual_file(man/${page})
  # As Debian wants them: as small as may be, without a time or a name.
  add_custom_command(OUTPUT ${page}.gz COMMAND ${GZIP} -9nc ${page} > ${page}.gz
                     DEPENDS ${page} VERBATIM)
  list(APPEND manual_files ${CMAKE_CURRENT_BINARY_DIR}/${page}.gz)
  string(REGEX MATCH "[0-9]$" number ${page})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${page}.gz
          DESTINATION ${CMAKE_INSTALL_MANDIR}/man${number})
endforeach()
foreach(script hookjournal.bash _hookjournal hookjournal.fish)
  manual_file(completion/${script})
endforeach()
add_custom_target(manual ALL DEPENDS ${manual_files})

install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hookjournal.bash RENAME hookjournal
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hookjournal.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# Debian's zsh does not look into /usr's site-functions.
install(CODE "
  set(folder site-functions)
  if(EXISTS /etc/debian_version AND CMAKE_INSTALL_PREFIX MATCHES \"/usr$\")
    set(folder vendor-completions)
  endif()
  file(INSTALL \"${CMAKE_CURRENT_BINARY_DIR}/_hookjournal\"
       DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${folder}\")")
