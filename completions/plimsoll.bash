# SPDX-License-Identifier: MIT
# bash completion for plimsoll(1)
_plimsoll() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} options=

	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "record view enable disable list stat export" -- "$current"))
		return
	fi
	case $previous in
	--mode) COMPREPLY=($(compgen -W "overwrite stop" -- "$current")) && return ;;
	--size) COMPREPLY=($(compgen -W "64K 1M 64M 1G" -- "$current")) && return ;;
	--ctf) COMPREPLY=($(compgen -d -- "$current")) && return ;;
	-e | --filter) return ;;
	esac
	case $command in
	record) options="-o --output -e --filter --size --mode -h --help --" ;;
	view) options="-f --follow -e --filter --json --csv --spans -h --help" ;;
	list) options="-e --filter -h --help" ;;
	export) options="--ctf -e --filter -h --help" ;;
	*) options="-h --help" ;;
	esac
	case $current in
	-*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
	*) COMPREPLY=($(compgen -f -- "$current")) ;;
	esac
}
complete -o filenames -F _plimsoll plimsoll
