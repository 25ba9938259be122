#compdef wt
# zsh completion for wt. In ~/.zshrc, after compinit:  eval "$(wt completion zsh)"
_wt() {
    local line
    local -a answers items
    answers=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    case ${answers[1]} in
        :files) _files ;;
        :dirs) _files -/ ;;
        :words)
            for line in "${(@)answers[2,-1]}"; do
                items+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
            done
            _describe 'wt' items ;;
    esac
}
compdef _wt wt
