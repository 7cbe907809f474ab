#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command, hands signals on to it, and ends as it ends:
#
#   sh attend.sh COMMAND [ARGUMENT...]
#
# SIGQUIT goes on as SIGTERM: to a router it is an order to stop, and a JVM cannot take it, it answers with a dump of its
# threads (docs/adr/0015-sigquit-by-a-shell.md). After SIGINT, which stops too, this shell ends by SIGINT.

# A shell cannot trap what was ignored when it began, as SIGINT and SIGQUIT are in the background of a script.
while read -r key mask; do
    if [ "$key" = SigIgn: ]; then break; fi
done </proc/self/status
case $mask in
    *[2367abefABEF] | *[4-7c-fC-F])
        if env --default-signal=INT,QUIT true 2>/dev/null; then
            exec env --default-signal=INT,QUIT /bin/sh "$0" "$@"
        fi
        ;;
esac

asked=
child=
hand_on() {
    asked=$1
    if [ -n "$child" ]; then kill "-$2" "$child" 2>/dev/null || :; fi
}
trap 'hand_on TERM TERM' TERM
trap 'hand_on QUIT TERM' QUIT
trap 'hand_on INT TERM' INT
trap 'hand_on HUP HUP' HUP

# Its standard input is this shell's; a shell would give it none in the background.
if [ -e /proc/self/fd/0 ]; then
    exec 4<&0
    "$@" <&4 4<&- &
    child=$!
    exec 4<&-
else
    "$@" &
    child=$!
fi
case $asked in
    '') ;;
    HUP) kill -HUP "$child" ;;
    *) kill -TERM "$child" ;;
esac
# The daemon tells its start by descriptor 3, whose reader waits until nobody has it any more.
exec 3>&-
while :; do
    status=0
    wait "$child" || status=$?
    if ! kill -0 "$child" 2>/dev/null; then break; fi
done
if [ "$asked" = INT ]; then
    trap - INT
    kill -INT $$
fi
exit "$status"
