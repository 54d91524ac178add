# Layout and static checks as tests. Each version of these tools judges differently: the
# sources are made for version 14 (Debian 12), and no other is asked.
find_program(CLANG_FORMAT clang-format-14 REQUIRED)
find_program(CLANG_TIDY clang-tidy-14 REQUIRED)
find_program(SHELLCHECK shellcheck REQUIRED)

set(globs)
foreach(folder engine journal replay cli tests)
  list(APPEND globs ${PROJECT_SOURCE_DIR}/${folder}/*.cc ${PROJECT_SOURCE_DIR}/${folder}/*.h)
endforeach()
file(GLOB_RECURSE own_sources CONFIGURE_DEPENDS ${globs})
add_test(NAME lint.format COMMAND ${CLANG_FORMAT} --dry-run -Werror ${own_sources})

# The tests' macros are not ours to mend, so what ships is checked.
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
add_test(NAME lint.tidy
         COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/tidy.py ${CLANG_TIDY}
                 ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR} --jobs ${cores})
set_tests_properties(lint.tidy PROPERTIES PROCESSORS ${cores} TIMEOUT 3600)

file(GLOB_RECURSE scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.sh)
# Written as other people write theirs.
list(FILTER scripts EXCLUDE REGEX "/tests/replay_set/")
add_test(NAME lint.shell
         COMMAND ${SHELLCHECK} dev .ci/run cli/package/postinst cli/package/prerm
                 cli/package/postrm ${scripts}
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})

set_tests_properties(lint.format lint.tidy lint.shell PROPERTIES LABELS lint)
