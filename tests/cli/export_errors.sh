make_trace two_threads t.plim
mkdir full
: >full/file
plimsoll export --ctf full t.plim
echo $?
plimsoll export --ctf /proc/nonesuch t.plim
echo $?
plimsoll export --ctf t.plim t.plim
echo $?
plimsoll view t.plim >/dev/full
echo $?
