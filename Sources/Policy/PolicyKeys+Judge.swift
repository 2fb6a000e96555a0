/// Who judges answers, and how it is itself measured.
extension PolicyKeys {
    static let judge = KeyDefinition(
        "judge", .keys(judgeKeys), "Who judges answers, and how it is itself measured.",
        example: "{ openai: http://127.0.0.1:8000/v1, model: judge-1 }")

    private static let judgeKeys: [KeyDefinition] = [
        KeyDefinition(
            "openai", .text(.url), "Base address of an OpenAI-compatible chat API; this or 'command'.",
            example: "http://127.0.0.1:8000/v1"),
        KeyDefinition(
            "command", .list(.text(.plain("an argument")), orOne: false, atLeast: 1),
            "A program that speaks JSON lines; this or 'openai'.", example: "[python3, judge.py]"),
        KeyDefinition(
            "model", .text(.plain("a model's name")), "The judging model, as the API names it.",
            example: "judge-1"),
        KeyDefinition(
            "family", .text(.plain("a family of models")), default: "by the model's name",
            "The judge's family, where its name does not say it.", example: "mistral"),
        KeyDefinition(
            "headers", .names(words: [], what: "header", .text(.secretive)), default: "{}",
            "HTTP headers, or a command's environment; secrets as ${env:NAME}, never written out.",
            example: "{ Authorization: \"Bearer ${env:JUDGE_KEY}\" }"),
        KeyDefinition(
            "parameters", .template, default: "{ temperature: 0, max_tokens: 2048 }",
            "Sent with each question; null takes one of the defaults out; a seed moves on with each vote.",
            example: "{ temperature: 0.7, seed: 1 }"),
        KeyDefinition(
            "timeout", .measure(.duration), default: "60s", "Time one judgement may take.", example: "30s"),
        KeyDefinition(
            "concurrency", .integer(1...256), default: "4", "Judgements in flight at once.", example: "8"),
        KeyDefinition(
            "retries", .integer(0...20), default: "3", "Attempts after a first failure that may pass.",
            example: "3"),
        KeyDefinition(
            "votes", .integer(1...99), default: "1", "Judgements for each answer.", example: "3"),
        KeyDefinition(
            "rule",
            .word([
                ValueForm.Word("majority", "more than half; of grades, the median"),
                ValueForm.Word("mean", "the mean of the votes"),
                ValueForm.Word("unanimous", "all of them, or nothing is measured"),
            ]), default: "majority", "How votes become one.", example: "majority"),
        KeyDefinition(
            "budget",
            .keys([
                KeyDefinition("calls", .integer(1...Int64.max), "Most calls of a run.", example: "2000"),
                KeyDefinition(
                    "money", .number(0...1e12), "Most money of a run, in the currency of 'prices'.",
                    example: "5"),
            ]), "What judging may cost in one run; beyond it answers go unmeasured.",
            example: "{ calls: 2000, money: 5 }"),
        KeyDefinition(
            "prices", .keys(price), "Prices of tokens, where the API does not say what a call cost.",
            example: "{ currency: USD, input: 0.15/M, output: 0.60/M }"),
        KeyDefinition(
            "prompts", .text(.path), "Folder of prompts in the place of shipped ones: NAME.txt each.",
            example: "prompts/"),
        KeyDefinition(
            "rubrics", .names(words: [], what: "rubric", .keys(rubric)), default: "{}",
            "What to grade answers by, in your own words: measured as rubric[NAME].",
            example: "{ clarity: { criterion: \"A customer understands it at once.\" } }"),
        KeyDefinition(
            "tone", .text(.plain("a description")), default: "friendly, plain and respectful …",
            "The tone that 'tone' asks for.", example: "\"formal; addresses the customer by name\""),
        KeyDefinition(
            "role", .text(.plain("a description")),
            "The role that 'role_adherence' holds answers to, where a conversation has no system turn.",
            example: "\"answers questions on orders, nothing else\""),
        KeyDefinition(
            "redact", .flag, default: "true",
            "Whether mail addresses, numbers and keys are taken out of what the judge is shown.",
            example: "true"),
        KeyDefinition(
            "calibration", .keys(calibration),
            "How the judge did on labels of people: without a passing record its metrics may not gate.",
            example: "{ record: calibration.json, labels: labels.jsonl }"),
        KeyDefinition(
            "self_judging",
            .keys([
                KeyDefinition(
                    "allowed", .flag, isRequired: true,
                    "Whether a judge may share the generator's family.", example: "true"),
                KeyDefinition(
                    "why", .text(.plain("a reason")), isRequired: true, "Why.",
                    example: "no other model at hand"),
            ]), "A judge of the generator's own family, against advice; the report says so.",
            example: "{ allowed: true, why: no other model at hand }"),
    ]

    private static let rubric: [KeyDefinition] = [
        KeyDefinition(
            "criterion", .text(.plain("a sentence")), isRequired: true, "What is looked at.",
            example: "A customer understands it at once."),
        KeyDefinition(
            "steps", .list(.text(.plain("a step")), orOne: false, atLeast: 1),
            default: "three general ones", "How to go about it, step by step.",
            example: "[Find what the customer has to do., Find words that a customer would not know.]"),
        KeyDefinition(
            "scale", .list(.integer(-100...100), orOne: false, atLeast: 2), default: "[1, 5]",
            "Worst and best grade; scores are brought to 0 to 1.", example: "[1, 5]"),
    ]

    private static func threshold(_ name: String, _ summary: String, _ example: String) -> KeyDefinition {
        KeyDefinition(name, .number(0...1), summary, example: example)
    }

    private static let calibration: [KeyDefinition] = [
        KeyDefinition(
            "record", .text(.path), isRequired: true, "What 'sluice judge calibrate' writes.",
            example: "calibration.json"),
        KeyDefinition(
            "labels", .text(.path), "Labels of people that it is made from.", example: "labels.jsonl"),
        KeyDefinition(
            "random", .flag, default: "false",
            "Whether labels of a run's own answers were drawn at random among them: then they correct its rates.",
            example: "true"),
        KeyDefinition(
            "correct",
            .word([
                ValueForm.Word("none", "the judge's own rate; the others stand beside it"),
                ValueForm.Word("rogan-gladen", "corrected for the judge's errors on the labels"),
                ValueForm.Word("ppi", "people's labels of the run's answers with the judge's of all (PPI++)"),
            ]), default: "none", "By which rate a bound on a judged metric is decided.", example: "none"),
        KeyDefinition(
            "least_labels", .integer(1...1_000_000), default: "30", "Labels that a metric needs at least.",
            example: "100"),
        KeyDefinition(
            "kappa", .number(0...1), default: "0.6", "Least agreement with people beyond chance (Cohen's κ).",
            example: "0.6"),
        threshold("sensitivity", "Least share of what people pass that the judge passes.", "0.8"),
        threshold("specificity", "Least share of what people fail that the judge fails.", "0.8"),
        threshold("alpha", "Least Krippendorff's α.", "0.6"),
        threshold("order_consistency", "Least share of pairs judged alike in both orders.", "0.8"),
        threshold("self_consistency", "Least share of repeats that say what the first said.", "0.9"),
        threshold("injections", "Most of the verdicts that an instruction in the answer moves.", "0.05"),
    ]
}
