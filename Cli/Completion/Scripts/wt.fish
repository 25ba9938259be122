# fish completion for wt. In ~/.config/fish/config.fish:  wt completion fish | source
function __wt_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l answers ($before[1] __complete $before[2..-1] "$current" 2>/dev/null)
    switch "$answers[1]"
        case :files
            __fish_complete_path "$current"
        case :dirs
            __fish_complete_directories "$current"
        case :words
            printf '%s\n' $answers[2..-1]
    end
end
complete -c wt -f -a '(__wt_complete)'
