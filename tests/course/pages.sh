#!/bin/bash
# A lesson writes its pages and pictures into an empty folder: they are those that stand in docs/course, all of them.
# pages.sh LESSON docs/course; if they differ, and should, `LESSON --page docs/course` writes them anew.
set -euo pipefail
lesson=$1 pages=$2 number=$(basename "$1") written=$(mktemp -d)
number=${number%%_*}
trap 'rm -rf "$written"' EXIT
"$lesson" --page "$written" | sed -n "s|^$written|docs/course|p"

status=0
for folder in . zh; do
    names=$(cd "$written/$folder" && ls; cd "$pages/$folder" && ls | grep "^$number[._]")
    for name in $(sort -u <<<"$names"); do
        [[ -d $written/$folder/$name ]] || diff --unified=0 --label "docs/course/$folder/$name" --label "what $(basename "$lesson") writes" \
            "$pages/$folder/$name" "$written/$folder/$name" || status=1
    done
done
exit $status
