import Domain
import Testing

@Suite struct FamilyTests {
    @Test(arguments: [
        ("gpt-4o-mini-2024-07-18", ["gpt"]), ("o3-mini", ["gpt"]), ("openai/o1", ["gpt"]),
        ("ft:gpt-3.5-turbo:acme::x", ["gpt"]),
        ("chatgpt-4o-latest", ["gpt"]), ("claude-3-5-sonnet-20241022", ["claude"]),
        ("anthropic.claude-3-haiku-20240307-v1:0", ["claude"]), ("gemini-2.0-flash", ["gemini"]),
        ("google/gemma-2-9b-it", ["gemini"]), ("meta-llama/Llama-3.1-8B-Instruct", ["llama"]),
        ("llama3:8b", ["llama"]), ("mixtral-8x7b-instruct", ["mistral"]),
        ("mistralai/Mistral-7B", ["mistral"]),
        ("Qwen2.5-72B-Instruct", ["qwen"]), ("qwq-32b", ["qwen"]), ("deepseek-chat", ["deepseek"]),
        ("deepseek-r1-distill-qwen-32b", ["deepseek", "qwen"]), ("command-r-plus", ["command"]),
        ("phi-4", ["phi"]), ("grok-2", ["grok"]), ("kimi-k2", ["kimi"]),
        ("my-deployment", []), ("photo1-model", []), ("command-centre-7", []), ("o100", []), ("", []),
        ("graphite-1", []), ("sapphire", []), ("wizard", []),
    ])
    func namesBetrayTheirFamily(_ model: String, _ families: [String]) {
        #expect(JudgeFamily.families(of: model).map(\.name) == families)
    }

    private func judge(_ model: String, family: String? = nil) -> JudgeIdentity {
        JudgeIdentity(kind: "openai", model: model, families: family.map { [JudgeFamily($0)] }, address: "x")
    }

    @Test func aJudgeOfTheGeneratorsFamilyIsKnown() {
        #expect(
            SelfJudging(judge: judge("gpt-4o"), generators: ["gpt-4o-mini"]) == .shared([JudgeFamily("gpt")]))
        #expect(SelfJudging(judge: judge("claude-3-haiku"), generators: ["gpt-4o-mini"]) == .apart)
        // One of several is enough.
        #expect(
            SelfJudging(judge: judge("qwen-max"), generators: ["gpt-4o", "deepseek-r1-distill-qwen-7b"])
                == .shared([JudgeFamily("qwen")]))
        // The same deployment, whatever it is.
        #expect(
            SelfJudging(judge: judge("house-1"), generators: ["House-1"]) == .shared([JudgeFamily("house-1")])
        )
        // A family that the policy names.
        #expect(
            SelfJudging(judge: judge("house-1", family: "mistral"), generators: ["mixtral-8x7b"])
                == .shared([JudgeFamily("mistral")]))
    }

    @Test func whatTheNamesDoNotSayIsNotKnown() {
        #expect(
            SelfJudging(judge: judge("house-1"), generators: ["gpt-4o"]) == .unknown("the judge 'house-1'"))
        #expect(
            SelfJudging(judge: judge("gpt-4o"), generators: ["house-2"])
                == .unknown("the app's model 'house-2'"))
        #expect(
            SelfJudging(judge: judge("gpt-4o"), generators: []) == .unknown("the app, which shows no model"))
    }
}
