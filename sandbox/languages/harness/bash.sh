# Read by Bash before the program, in lemma's sandbox: writes down where it failed, or where it is
# when time is almost up, with the values of locals, as records like python.py's.
unset BASH_ENV
__lemma_records=$LEMMA_RECORDS
unset LEMMA_RECORDS

__lemma_field() {
  local text=$1
  text=${text//\\/\\\\} text=${text//$'\t'/\\t} text=${text//$'\n'/\\n}
  printf '%s' "${text//$'\r'/\\r}"
}

# __lemma_failure TYPE MESSAGE LINE LOCALS, from a trap; LOCALS is what `local` printed there.
__lemma_failure() {
  local i line=$3 name values
  printf 'failure\t%s\t%s\n' "$1" "$(__lemma_field "$2")"
  for ((i = ${#FUNCNAME[@]} - 1; i >= 1; --i)); do
    name=${FUNCNAME[i]}
    [[ $name == main ]] && name='<script>'
    ((i == 1)) && values=$line || values=${BASH_LINENO[i - 1]}
    printf 'frame\t%s\t%s\t%s\n' "$(__lemma_field "$(realpath -- "${BASH_SOURCE[i]}")")" \
      "$values" "$name"
  done
  while IFS='=' read -r name values; do
    name=${name#declare -* }
    [[ -z $name ]] || printf 'local\t%s\t%s\n' "$name" "$(__lemma_field "${values:0:400}")"
  done <<<"$4"
} >>"$__lemma_records" 2>/dev/null

# The last command that failed before the program ended is why it did.
trap '__lemma_status=$? __lemma_last="$BASH_COMMAND" __lemma_at=$LINENO
  { [[ ${#FUNCNAME[@]} -eq 0 ]] || __lemma_locals=$(local -p 2>/dev/null || local); } 2>/dev/null
  : >"$__lemma_records"
  __lemma_failure error "$__lemma_last: exit code $__lemma_status" "$__lemma_at" "$__lemma_locals"
  (exit "$__lemma_status")' ERR
trap '{ [[ ${#FUNCNAME[@]} -eq 0 ]] || __lemma_locals=$(local); } 2>/dev/null
  __lemma_failure Timeout "still running here when time was up" "$LINENO" "$__lemma_locals"' XCPU
set -E
