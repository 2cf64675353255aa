# SPDX-License-Identifier: Apache-2.0
"""plot.py draws the figures of a size, both sides of each, and nothing that was skipped."""
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

HERE = os.path.dirname(os.path.abspath(__file__))


def figure(part, mine, theirs, **more):
    return {"id": "B26", "part": part, "unit": "MB/s", "numerator": "us <&>",
            "denominator": "them", "numerators": mine, "denominators": theirs, **more}


def plot(out, *results):
    names = []
    for i, figures in enumerate(results):
        names.append(f"{out}.{i}.json")
        with open(names[-1], "w", encoding="utf-8") as file:
            json.dump({"figures": figures}, file)
    done = subprocess.run([sys.executable, f"{HERE}/plot.py", out, *names], check=False,
                          capture_output=True, text=True)
    return done


def main():
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/plot.svg"
        done = plot(out, [figure("1 MiB", [7, 9, 8], [2, 1, 3]), figure("RS(2, 2) at 64", [1], [1]),
                          {"id": "B26", "part": "16 MiB", "skipped": "no peer"}],
                    [figure("100 MiB", [200], [100]), {**figure("4 MiB", [1], [1]), "id": "B1"}])
        assert done.returncode == 0, done.stderr
        assert done.stdout == "plot: 4 points in 2 lines\n", done.stdout
        root = tree.parse(out).getroot()
        words = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
        for word in ("us <&>", "them", "8", "2", "200", "100"):
            assert word in words, (word, words)
        assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
        os.remove(out)
        done = plot(out, [{"id": "B26", "part": "16 MiB", "skipped": "no peer"}])
        assert done.returncode == 1 and not os.path.exists(out)
    print("plot_test: ok")


if __name__ == "__main__":
    main()
