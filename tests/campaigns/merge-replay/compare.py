"""Compares what git merge-tree --stdin and wt debug merge said of the same pairs; prints each difference and the sums."""
import json
import sys

pairs = open(sys.argv[1]).read().splitlines()
fields = open(sys.argv[2], 'rb').read().decode('utf-8', 'surrogateescape').split('\0')
ours = [json.loads(line) for line in open(sys.argv[3])]
theirs, at = [], 0
while at + 2 < len(fields):
    clean, tree, at, paths = fields[at] == '1', fields[at + 1], at + 2, []
    while fields[at]:
        paths.append(fields[at])
        at += 1
    at += 1
    theirs.append((clean, tree, paths))

if not len(pairs) == len(theirs) == len(ours):
    sys.exit(f'{len(pairs)} pairs, {len(theirs)} answers of git, {len(ours)} of wt')

same = clean = 0
for pair, (is_clean, tree, paths), our in zip(pairs, theirs, ours):
    clean += is_clean
    if our.get('clean') == is_clean and (not is_clean or our.get('git_tree') == tree):
        same += 1
    else:
        print(f'DIFFER {pair}: git {"clean" if is_clean else "conflicts"} {tree} {paths[:5]}; here {json.dumps(our)[:600]}')
share = 100 * same / max(1, len(pairs))
print(f'merges {len(pairs)}, clean by git {clean}, same {same} ({share:.3f} %), differ {len(pairs) - same}')
sys.exit(0 if share >= 99.9 else 1)
