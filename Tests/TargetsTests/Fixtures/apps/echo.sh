#!/bin/sh
# A small app that speaks JSON lines: answers its query, with the request's id unless told not to.
# usage: echo.sh [noid]
while IFS= read -r line; do
    id=$(printf '%s' "$line" | sed -n 's/.*"id":"\([0-9]*\)".*/\1/p')
    query=$(printf '%s' "$line" | sed -n 's/.*"query":"\([^"]*\)".*/\1/p')
    [ "$1" = noid ] && key='' || key="\"id\":\"$id\","
    case "$query" in
        hang*) sleep 30 ;;
        slow*) ( sleep 0.4; printf '{%s"answer":"%s"}\n' "$key" "$query" ) & ;;
        crash*) echo "first line" >&2; echo "out of cheese" >&2; exit 3 ;;
        fail*) printf '{%s"error":"no such thing"}\n' "$key" ;;
        noise*) echo "loading model"; printf '{%s"answer":"%s"}\n' "$key" "$query" ;;
        huge*) head -c 3000000 /dev/zero | tr '\0' x; echo ;;
        nothing*) printf '{%s"zz":1}\n' "$key" | sed 's/,"zz":1//; s/"zz":1//' ;;
        env*) printf '{%s"answer":"%s|%s|%s|%s"}\n' "$key" "$SLUICE_REPLAY" "$APP_KEY" "$UNLISTED" "$(pwd)" ;;
        group*) sleep 31 & printf '{%s"answer":"%s"}\n' "$key" "$!" ;;
        line*) printf '{%s"answer":%s}\n' "$key" "$(printf '%s' "$line" | sed 's/"id":"[0-9]*",//')" ;;
        *) printf '{%s"answer":"%s"}\n' "$key" "$query" ;;
    esac
done
