#!/usr/bin/env bash
# Runs every libFuzzer target for a while: tools/fuzz/run_all.sh [SECONDS_EACH] [TARGET...]
# New inputs are collected in build/fuzz/corpus/TARGET, which the next run starts from; the committed seeds in
# tests/fuzz/corpus stay as they are. What crashes a target is written to build/fuzz/findings/TARGET: fix the fault and
# commit the input as a seed. Requires clang (the preset fuzz).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
build=build/fuzz
[ -f "$build/build.ninja" ] || cmake --preset fuzz > /dev/null
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(ninja -C "$build" -t targets all | sed -n 's/^fuzz_\([a-z0-9_]*\): phony$/\1/p' | sort -u)
fi
ninja -C "$build" "${targets[@]/#/fuzz_}"
failed=()
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target" "$build/findings/$target"
  program=$(find "$build" -name "fuzz_$target" -type f -perm -u+x)
  log="$build/findings/$target.log"
  if "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -close_fd_mask=3 -print_final_stats=1 \
      -artifact_prefix="$build/findings/$target/" "$build/corpus/$target" "tests/fuzz/corpus/$target" 2> "$log"; then
    printf '%-16s %s\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: */executions: /p' "$log")"
  else
    failed+=("$target")
    printf '%-16s FAILED: %s\n' "$target" "$(grep -m 1 -E 'ERROR:|runtime error:' "$log" || tail -n 1 "$log")"
  fi
done
[ ${#failed[@]} -eq 0 ] || { echo "see $build/findings"; exit 1; }
