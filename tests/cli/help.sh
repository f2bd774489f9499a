plimsoll --help
for command in record view enable disable list stat export; do
	plimsoll $command --help
	echo "$command: $?"
done
