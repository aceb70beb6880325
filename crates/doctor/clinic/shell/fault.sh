#!/bin/sh
# A process for each addition.
total=0
for number in $(seq 1500); do
    total=$(expr "$total" + "$number")
done
echo "$total"
