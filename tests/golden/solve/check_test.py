"""check.py finds no fault in the problems as they are, and one in each whose answer is changed."""
import json
import pathlib
import unittest

import check

FILE = pathlib.Path(__file__).with_name("problems.jsonl")
UNSEEN = [line for file in sorted(FILE.parent.glob("unseen*.jsonl"))
          for line in file.read_text().splitlines()]
PROBLEMS = [json.loads(line) for line in FILE.read_text().splitlines()]


class Problems(unittest.TestCase):
    def test_every_answer_is_right(self):
        problems = PROBLEMS + list(map(json.loads, UNSEEN))
        faults = {problem["id"]: check.fault(problem) for problem in problems}
        self.assertEqual({name: text for name, text in faults.items() if text}, {})

    def test_the_answer_of_another_problem_is_refused(self):
        tried = 0
        for problem, other in zip(PROBLEMS, PROBLEMS[1:] + PROBLEMS[:1]):
            if None in (problem["answer"], other["answer"]) or problem["answer"] == other["answer"]:
                continue
            wrong = {**problem, "answer": other["answer"]}
            self.assertIsNotNone(check.fault(wrong), wrong)
            tried += 1
        self.assertGreater(tried, 250)

    def test_the_halves_and_notations(self):
        for half in ("tune", "measure"):
            chosen = [problem for problem in PROBLEMS if problem["half"] == half]
            self.assertEqual(len(chosen), len(PROBLEMS) / 2)
            self.assertEqual({p["notation"] for p in chosen}, {"plain", "sympy", "latex"})
        inputs = [problem["input"] for problem in PROBLEMS]
        self.assertEqual(len(set(inputs)), len(inputs))

    def test_fields_are_checked(self):
        self.assertIn("fields", check.fault({**PROBLEMS[0], "why": "both"}))
        self.assertIn("half", check.fault({**PROBLEMS[0], "half": "third"}))


if __name__ == "__main__":
    unittest.main()
