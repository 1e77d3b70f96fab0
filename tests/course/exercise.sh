#!/bin/bash
# exercise.sh FOLDER NAME EXERCISE SOLUTION: a blank exercise says "not yet" and a hint, its solution is right, and the
# two files differ in nothing but what stands for `// your code`.
set -uo pipefail
folder=$1 name=$2 exercise=$3 solution=$4
said=$(LC_ALL=C "$exercise")
[[ $? == 2 && $said == *": not yet"*"hint: "* ]] || { echo "The blank exercise does not fail, or has no hint: $said"; exit 1; }
said=$(LC_ALL=zh_CN.UTF-8 "$exercise")
[[ $said == *"提示："* ]] || { echo "There is no hint in Chinese: $said"; exit 1; }
said=$("$solution") || { echo "The solution is not right: $said"; exit 1; }

grep -q '^    // your code$' "$folder/$name.cpp" || { echo "The exercise has no line '// your code'"; exit 1; }
around() {  # the file without the body that is to be written
    sed '/^.*[^ ].*) {$/,/^}$/{/^    /d}' "$1"
}
diff <(around "$folder/$name.cpp") <(around "$folder/solutions/$name.cpp")
