# bash completion for ysnprunner; made by `ysnprunner completion bash`.
_ysnprunner() {
    local current="${COMP_WORDS[COMP_CWORD]}" path="" word index list
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        case "${path:+$path }$word" in
        'register') path='register' ;;
        'list') path='list' ;;
        'verify') path='verify' ;;
        'unregister') path='unregister' ;;
        'reset-token') path='reset-token' ;;
        'run') path='run' ;;
        'exec') path='exec' ;;
        'digest') path='digest' ;;
        'gate') path='gate' ;;
        'gate allow') path='gate allow' ;;
        'gate check') path='gate check' ;;
        'gate pending') path='gate pending' ;;
        'gate show') path='gate show' ;;
        'gate approve') path='gate approve' ;;
        'gate deny') path='gate deny' ;;
        'gate policies') path='gate policies' ;;
        'gate doctor') path='gate doctor' ;;
        'gate accept-rollback') path='gate accept-rollback' ;;
        'gate learn') path='gate learn' ;;
        'gate explain') path='gate explain' ;;
        'audit') path='audit' ;;
        'audit show') path='audit show' ;;
        'audit verify') path='audit verify' ;;
        'config') path='config' ;;
        'config check') path='config check' ;;
        'lint') path='lint' ;;
        'doctor') path='doctor' ;;
        'version') path='version' ;;
        'completion') path='completion' ;;
        esac
    done
    case "$path" in
    '') list='register list verify unregister reset-token run exec digest gate audit config lint doctor version completion --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'register') list='--help -h --non-interactive -n --url -u --token -t --registration-token -r --name --description --executor --docker-image --tls-ca-file --tls-cert-file --tls-key-file --leave-runner --tag-list --run-untagged --locked --access-level --maximum-timeout --paused --maintenance-note --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'list') list='--help -h --show-secrets --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'verify') list='--help -h --name -n --url -u --token -t --delete --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'unregister') list='--help -h --name -n --url -u --token -t --all-runners --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'reset-token') list='--help -h --name -n --url -u --id -i --pat --all-runners --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'run') list='--help -h --working-directory -d --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'exec') list='--help -h --project --docker-image --working-tree --variable -e --address --mount --vault-namespace --ca-file --token-file --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'digest') list='--help -h --payload --project --working-tree --variable -e --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate') list='allow check pending show approve deny policies doctor accept-rollback learn explain --help -h --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate allow') list='--help -h --payload --project --working-tree --entry --image --variable -e --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate check') list='--help -h --payload --project --working-tree --variable -e --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate pending') list='--help -h --project --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate show') list='--help -h --project --address --mount --vault-namespace --ca-file --token-file --output --whole --changes --page --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate approve') list='--help -h --project --address --mount --vault-namespace --ca-file --token-file --output --once --until --reason --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate deny') list='--help -h --project --address --mount --vault-namespace --ca-file --token-file --output --reason --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate policies') list='--help -h --mount --project --kv-version --curl --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate doctor') list='--help -h --project --foreign --runner-token-file --approver-token-file --developer-token-file --author-token-file --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate accept-rollback') list='--help -h --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate learn') list='--help -h --since --file --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'gate explain') list='--help -h --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'audit') list='show verify --help -h --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'audit show') list='--help -h --last --file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'audit verify') list='--help -h --file --anchor --offline --system-id --address --mount --vault-namespace --ca-file --token-file --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'config') list='check --help -h --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'config check') list='--help -h --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'lint') list='--help -h --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'doctor') list='--help -h --root --output --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'version') list='--help -h --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    'completion') list='--help -h --help -h --version -v --config -c --debug --log-format --log-level -l' ;;
    esac
    case "${COMP_WORDS[COMP_CWORD-1]}" in
    -c | --config | --payload | --file) COMPREPLY=($(compgen -f -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$list" -- "$current")) ;;
    esac
}
complete -o bashdefault -F _ysnprunner ysnprunner
