# An executable, a shared object and a relocatable object, none of which is run.
show() { plimsoll list "$@" | sed 's,\[\([^ ]*\) [^ ]*/,[\1 ,'; }
show "$LOGGED_PROGRAM"
show "$LISTED_OBJECT"
show "$LISTED_SHARED"
plimsoll list -e 'Logged/nonesuch' "$LOGGED_PROGRAM" 2>&1 | sed 's,of /.*/,of ,'
plimsoll list /bin/true
echo $?
head -c 5000 "$LOGGED_PROGRAM" >cut
plimsoll list cut
echo $?
