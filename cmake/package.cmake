# What is installed, and `cpack`: a .deb and a tarball for Debian 12 on x86-64. The man page and the
# shells' completions are what the program itself says.
include(GNUInstallDirs)

install(TARGETS lemma lemma-bridge lemma-sandbox RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES engine/models/lemma-default.gguf engine/models/lemma-default.memory
  engine/models/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/lemma/models)
# For `lemma model adapt`.
file(GLOB training engine/training/*.py)
install(FILES ${training} DESTINATION ${CMAKE_INSTALL_DATADIR}/lemma/training)
install(DIRECTORY editors/neovim/ DESTINATION ${CMAKE_INSTALL_DATADIR}/lemma/neovim
  PATTERN "*.svg" EXCLUDE)
install(FILES editors/emacs/lemma.el DESTINATION ${CMAKE_INSTALL_DATADIR}/lemma/emacs)
install(FILES lsp/daemon/lemma.service DESTINATION lib/systemd/user)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/lemma)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/lemma RENAME copyright)

# told(FORM FOLDER NAME): installs what `lemma help FORM` says.
function(told form folder name)
  set(file ${CMAKE_BINARY_DIR}/told/${name})
  install(CODE "file(MAKE_DIRECTORY \"${CMAKE_BINARY_DIR}/told\")
execute_process(COMMAND \"$<TARGET_FILE:lemma>\" help ${form} OUTPUT_FILE \"${file}\"
  COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${file} DESTINATION ${folder})
endfunction()
told(man ${CMAKE_INSTALL_MANDIR}/man1 lemma.1)
told(bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions lemma)
told(zsh ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions _lemma)
told(fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d lemma.fish)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME lemma)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the maintainers of lemma <maintainers@lemma.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "code completion by a local model, in any editor")
set(CPACK_PACKAGE_FILE_NAME lemma-${PROJECT_VERSION}-linux-x64)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bubblewrap, gdb, python3, python3-pytest, python3-sympy")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "A language server that completes code with a Mixture-of-\
Experts model on this machine: no account, no GPU needed, and nothing leaves the computer.")
include(CPack)
