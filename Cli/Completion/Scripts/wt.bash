# bash completion for wt. In ~/.bashrc:  eval "$(wt completion bash)"
_wt_complete() {
    # The line is cut here by hand: bash cuts words at '@', ':' and '=', and main@server is one.
    local line=${COMP_LINE:0:COMP_POINT} kind cut char
    local -a words answers
    read -ra words <<<"$line"
    case $line in *[[:space:]]) words+=('') ;; esac
    local current=${words[${#words[@]}-1]}

    COMPREPLY=()
    { IFS= read -r kind; mapfile -t answers; } < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
    answers=("${answers[@]%%$'\t'*}")
    case $kind in
        :files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") ;;
        :dirs) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "${COMP_WORDS[COMP_CWORD]}") ;;
        :words)
            COMPREPLY=("${answers[@]}")
            # bash replaces only what follows the last of its own cuts.
            for char in : = @; do
                case $COMP_WORDBREAKS in *"$char"*) ;; *) continue ;; esac
                case $current in *"$char"*) cut=${current%"${current##*"$char"}"}; COMPREPLY=("${COMPREPLY[@]#"$cut"}"); current=${current#"$cut"} ;; esac
            done ;;
    esac
}
complete -F _wt_complete wt
