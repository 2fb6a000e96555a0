extension Preset {
    public static let all: [Preset] = [chat, rag, classifier, similarity, agent]

    private static let notWorse =
        "own choice: below about 1,000 examples a rule against a fixed margin is mostly undecided"

    static let chat = Preset(
        name: "chat", summary: "an assistant that answers in text",
        metrics: ["token_f1", "guardrail_pass", "latency", "cost", "error_rate"],
        gates: [
            Gate("token_f1 not worse than baseline", notWorse),
            Gate("guardrail_pass not worse than baseline", notWorse),
            Gate("error_rate <= 1%", "own choice: two nines of answered requests, a common objective of availability"),
        ])

    static let rag = Preset(
        name: "rag", summary: "answers from retrieved documents", metrics: [], gates: [])
    static let classifier = Preset(
        name: "classifier", summary: "routing and labelling", metrics: [], gates: [])
    static let similarity = Preset(
        name: "similarity", summary: "scores of similarity or duplicates", metrics: [], gates: [])
    static let agent = Preset(
        name: "agent", summary: "an assistant that calls tools", metrics: [], gates: [])
}
