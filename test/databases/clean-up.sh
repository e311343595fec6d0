#!/bin/sh
# Ends what runs in a folder, and removes the folder, once whoever started this has closed the pipe to its standard input or is gone: the kernel
# closes it for a process that was killed. FOLDER/group names the process group that runs.
#
#   clean-up.sh FOLDER SIGNAL
folder=$(cd "$1" && pwd -P) || exit 1
signal=$2

read -r _

# Whoever works in the folder: each of PostgreSQL's children is a process group of its own, and an installation has several steps.
tell_all() {
  find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' \( -lname "$folder" -o -lname "$folder/*" \) | while IFS=/ read -r _ _ process _; do
    kill -s "$1" "$process"
  done
}

# A process that has ended stays listed until its parent asks about it, which in a container may be never; see proc(5) for the line.
runs() {
  grep -qsE "^[0-9]+ \(.*\) [^XZ] [0-9]+ $1 " /proc/[0-9]*/stat
}

{
  tell_all CONT # What is frozen hears nothing but KILL.
  if group=$(cat "$folder/group"); then
    kill -s "$signal" -- "-$group"
    attempt=0
    # PostgreSQL gives its own children five seconds before it kills them.
    while runs "$group" && [ "$attempt" -lt 160 ]; do
      sleep 0.05
      attempt=$((attempt + 1))
    done
    kill -s KILL -- "-$group"
  fi
  tell_all KILL
} 2>/dev/null
rm -rf "$folder"
