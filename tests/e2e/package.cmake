# The demo, the Debian package's life, and the contributor's script.
add_test(NAME ${test_prefix}e2e.demo
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/demo.sh ${CMAKE_BINARY_DIR})
set_tests_properties(${test_prefix}e2e.demo PROPERTIES LABELS e2e TIMEOUT 120
                     FAIL_REGULAR_EXPRESSION "this user may not make one here")

if(NOT HOOKJOURNAL_SANITIZE)  # no such build is packaged
  add_test(NAME e2e.package
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/package_test.sh ${CMAKE_BINARY_DIR})
  set_tests_properties(e2e.package PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()

if(NOT HOOKJOURNAL_SANITIZE)  # nothing is built for it
  add_test(NAME e2e.dev COMMAND ${CMAKE_CURRENT_LIST_DIR}/dev_test.sh ${PROJECT_SOURCE_DIR})
  set_tests_properties(e2e.dev PROPERTIES LABELS e2e TIMEOUT 60)
endif()
