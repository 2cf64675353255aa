// SPDX-License-Identifier: Apache-2.0
// wal completion: what a shell reads to complete the words of `wal`. The scripts know nothing
// themselves, they ask `wal completion next` (parse.cpp), which reads the verbs' one declaration.
#include "node/cli/session.h"

namespace wald::cli {
namespace {

constexpr const char* kBash = R"(# bash: source <(wal completion bash)
_wal() {
  local so_far=("${COMP_WORDS[@]:1:COMP_CWORD}")
  mapfile -t COMPREPLY < <(wal completion next "${so_far[@]}" 2>/dev/null | cut -f 1)
}
complete -o default -F _wal wal)";

constexpr const char* kZsh = R"(#compdef wal
# zsh: source <(wal completion zsh), after compinit
_wal() {
  local -a next
  next=("${(@f)$(wal completion next "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  next=("${(@)${(@)next//:/\\:}/$'\t'/:}")
  if [[ -n $next[1] ]]; then _describe wal next; else _files; fi
}
compdef _wal wal)";

constexpr const char* kFish = R"(# fish: wal completion fish | source
function __wal_next
  set -l next (wal completion next (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if set -q next[1]
    printf '%s\n' $next
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c wal -f -a '(__wal_next)')";

Verb script(const char* shell, const char* text) {
  return {"completion",
          shell,
          std::string("print the script for ") + shell,
          {},
          {},
          [text](Session&, const Given&) -> Outcome<void> {
            print_line(text);
            return {};
          }};
}

}  // namespace

Verbs completion_verbs() {
  return {script("bash", kBash), script("zsh", kZsh), script("fish", kFish)};
}

}  // namespace wald::cli
