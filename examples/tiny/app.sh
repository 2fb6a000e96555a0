#!/bin/sh
# The smallest app that Sluice can ask: a JSON line in, a JSON line out with the same id.
while read -r line; do
    id=$(printf '%s' "$line" | sed 's/.*"id":"\([^"]*\)".*/\1/')
    words=$(printf '%s' "$line" | sed 's/.*"query":"\([^"]*\)".*/\1/' | wc -w | tr -d ' ')
    printf '{"id":"%s","answer":"You asked with %s words."}\n' "$id" "$words"
done
