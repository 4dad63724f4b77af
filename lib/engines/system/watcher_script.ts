/**
 * What the watcher does, as a script for a POSIX shell, which starts in a twentieth of the time of a Deno
 * and takes a thirtieth of its memory.
 *
 * @module
 */

/**
 * Waits for the end of its stdin, and then ends all processes that carry the variable `$3` with the value `$1`
 * in the environment they were started with. `$2` is the folder in which the system shows its processes,
 * `/proc`; where there is none, `ps` is asked, which shows environments without their borders.
 *
 * In `/proc` a look goes over all, and then over those that were started meanwhile, until nobody at all was: who
 * was killed starts nobody, so nothing is missed. A process that shows no environment, or whose environment lies
 * elsewhere when it has been read, is becoming another program, and is looked at again, unless it is ending or a
 * thread of the kernel. It looks until it has twice found nothing,
 * a tenth of a second apart: somebody without the mark may start one that has it. What cannot be ended, or does not
 * become what it is to be, is left after a thousand times; those that start others are not.
 *
 * The mark has to be the whole of a variable (`grep -z -x`). Where there is no such `grep`, in the folders of the
 * system or on the `PATH`, the shell reads environments itself, without their borders. It starts nothing while it
 * looks whether anybody was started. The descriptors from 3 on are what the runner itself was handed open.
 */
export const WATCHER_SCRIPT: string = `
trap '' HUP INT QUIT TERM
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
cd "$2" || cd /
read -r end
mark=$3=$1
grep -qzxF mark /dev/null
[ $? -eq 1 ] && greps=1 || greps=
place_of() {
  place= stat=
  { read -r stat < "$1/stat"; } 2>&-
  [ "$stat" ] || return 1
  set -- \${stat##*) }
  place=\${48}-\${49}
}
carries() {
  place_of "$1" || return 1
  before=$place text=
  { while IFS= read -r line || [ "$line" ]; do text=$text$line; done < "$1/environ"; } 2>&- || return 1
  case $text in
    *"$mark"*) { [ ! "$greps" ] || grep -qszxF "$mark" "$1/environ"; } && return ;;
    ?*) ;;
    *) shows_none "$1"; return ;;
  esac
  place_of "$1" || return 1
  [ "$place" = "$before" ] || return 2
  return 1
}
shows_none() {
  stat=
  { read -r stat < "$1/stat"; } 2>&-
  [ "$stat" ] || return 1
  one=$1
  set -- \${stat##*) }
  [ $(($7 & 0x200000)) -eq 0 ] || return 1
  case $1$(($7 & 4)) in
    Z* | X* | ?4)
      case $one in */*) return 1 ;; esac
      for thread in "$one"/task/*; do
        [ "\${18}" -gt 1 ] && carries "$thread" && return
      done
      return 1
      ;;
  esac
  [ "\${49}" -ne 0 ] && [ "\${48}" = "\${49}" ] && return 1
  return 2
}
look() {
  for pid; do
    carries "$pid"
    case $? in
      0) kill -9 "$pid" && hit=1 ;;
      2) again="$again $pid" ;;
    esac
  done
}
look_at_all() {
  [ "$greps" ] || { look [0-9]*; return; }
  for found in $(grep -lszxF "$mark" [0-9]*/environ); do kill -9 "\${found%/*}" && hit=1; done
  for found in $(grep -Lsz '' [0-9]*/environ); do look "\${found%/*}"; done
}
last_started() {
  now=
  { read -r now < sys/kernel/ns_last_pid || read -r now now now now now < loadavg; } 2>&-
}
look_at_proc() {
  last=$now all=1 pids= again= waits=0
  while [ "$all$pids" ] && [ $waits -lt 1000 ]; do
    was=$again again= hidden=
    if [ "$all" ]; then
      set -- [0-9]*
      seen=" $* "
      look_at_all
      for pid in [0-9]*; do case $seen in *" $pid "*) ;; *) hidden="$hidden $pid" ;; esac; done
    else
      look $pids
    fi
    last_started
    pids=$again$hidden all=
    if [ "$now" -lt "$last" ]; then all=1 last=$now; continue; fi
    [ "$again" ] && [ "$again" = "$was" ] && waits=$((waits + 1))
    [ ! "$again" ] || [ "$now" -ne "$last" ] || sleep 0.1 || sleep 1
    while [ "$last" -lt "$now" ]; do
      last=$((last + 1))
      [ ! -e "$last/environ" ] || pids="$pids $last"
    done
  done
}
look_by_ps() {
  pids=$(ps axeww -o pid=,command= | while read -r pid words; do
    case " $words " in *" $mark "*) echo "$pid" ;; esac
  done)
  [ "$pids" ] && kill -9 $pids && hit=1
}
vain=0 rounds=0 now=
while [ $vain -lt 2 ] && [ $rounds -lt 1000 ]; do
  hit= rounds=$((rounds + 1))
  [ -r self/environ ] && last_started
  if [ "$now" ]; then look_at_proc; else look_by_ps; fi
  vain=$((vain + 1))
  [ ! "$hit" ] || vain=0
  [ $vain -eq 2 ] || sleep 0.1 || sleep 1
done
`;
