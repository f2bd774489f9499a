# plimsoll_stack_check(TARGET RULES [WITH FILE...] [SARIF FILE] [HTML FILE] [MANUAL])
#
# Makes the build of TARGET fail when an entry of the file RULES is over its budget or not proved:
# the check runs after every link of TARGET, and again when only the rules have changed.
#
#   WITH FILE...  binaries that TARGET's imports are resolved in, such as its libraries
#   SARIF, HTML   files to write besides, relative to the binary directory
#   MANUAL        only the target `stack-check-TARGET` runs it, not the build
#
# The command is found as the target `plimsoll` of the same build, or as an installed program;
# PLIMSOLL_COMMAND overrides both.
function(plimsoll_stack_check TARGET RULES)
	cmake_parse_arguments(PARSE_ARGV 2 ARG "MANUAL" "SARIF;HTML" "WITH")
	if(ARG_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "plimsoll_stack_check: unknown argument ${ARG_UNPARSED_ARGUMENTS}")
	endif()
	if(NOT TARGET ${TARGET})
		message(FATAL_ERROR "plimsoll_stack_check: ${TARGET} is no target")
	endif()
	get_filename_component(RULES "${RULES}" ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
	if(PLIMSOLL_COMMAND)
		set(COMMAND "${PLIMSOLL_COMMAND}")
	elseif(TARGET plimsoll)
		set(COMMAND $<TARGET_FILE:plimsoll>)
	else()
		find_program(PLIMSOLL_PROGRAM plimsoll REQUIRED)
		set(COMMAND "${PLIMSOLL_PROGRAM}")
	endif()
	set(OUTPUTS)
	foreach(KIND SARIF HTML)
		if(ARG_${KIND})
			get_filename_component(FILE "${ARG_${KIND}}" ABSOLUTE
				BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
			string(TOLOWER ${KIND} OPTION)
			list(APPEND OUTPUTS --${OPTION} ${FILE})
		endif()
	endforeach()
	# The stamp is made only by a check that passes, so a failed one is tried again.
	set(STAMP ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.stack-checked)
	add_custom_command(OUTPUT ${STAMP}
		COMMAND ${COMMAND} stack check $<TARGET_FILE:${TARGET}> ${ARG_WITH} --rules ${RULES}
			${OUTPUTS}
		COMMAND ${CMAKE_COMMAND} -E touch ${STAMP}
		DEPENDS ${TARGET} ${RULES}
		COMMENT "Checking the stack of ${TARGET}"
		VERBATIM)
	if(ARG_MANUAL)
		add_custom_target(stack-check-${TARGET} DEPENDS ${STAMP})
	else()
		add_custom_target(stack-check-${TARGET} ALL DEPENDS ${STAMP})
	endif()
endfunction()
