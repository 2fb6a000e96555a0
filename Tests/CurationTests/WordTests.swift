import Curation
import Domain
import Testing

/// Days, families of models, regions of the score scale, kinds of case.
@Suite struct WordTests {
    @Test(arguments: [
        ("2026-05-02", "2026-05-02"), ("2026-05-02T23:59:59Z", "2026-05-02"), ("2024-02-29", "2024-02-29"),
        ("2026/5/2", "2026-05-02"), ("20260502", "2026-05-02"), ("1970-01-01", "1970-01-01"),
        ("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"), ("2026-05-02 10:00", "2026-05-02"),
    ])
    func daysAreRead(text: String, day: String) { #expect(Day(text)?.description == day) }

    @Test(arguments: [
        "", "yesterday", "2026", "2026-05", "2025-02-29", "2026-13-01", "2026-00-10", "02.05.2026",
        "2026-05-32",
        "2026-5-", "99999-01-01", "2026-05-021", "-2026-05-02", "202605021", "12345678901234567890",
    ])
    func whatIsNoDayIsNone(text: String) { #expect(Day(text) == nil) }

    /// Day numbers from the Unix epoch, by `date -u -d DAY +%s`, divided by 86,400.
    @Test(arguments: [("1970-01-01", 0), ("2000-02-29", 11016), ("2026-11-20", 20777), ("1969-12-31", -1)])
    func daysCountFromTheEpoch(text: String, number: Int) {
        #expect(Day(text)?.number == number)
        #expect(Day(number: number).description == text)
    }

    @Test(arguments: [
        ("gpt-4o", "gpt"), ("gpt4o-mini", "gpt"), ("o3-mini", "gpt"), ("o1", "gpt"),
        ("openai/gpt-5", "gpt"),
        ("claude-3-5-sonnet-latest", "claude"), ("anthropic.claude-v2", "claude"),
        ("gemini-2.0-flash", "gemini"),
        ("gemma-2-9b", "gemini"), ("meta-llama/Llama-3.1-8B", "llama"), ("llama3:8b", "llama"),
        ("codellama", "llama"),
        ("mistral-large", "mistral"), ("Mixtral-8x7B", "mistral"), ("Qwen2.5-72B-Instruct", "qwen"),
        ("qwq-32b", "qwen"),
        ("deepseek-r1", "deepseek"), ("command-r-plus", "command"), ("grok-2", "grok"), ("phi-4", "phi"),
        ("amazon.nova-pro-v1", "nova"), ("granite-3", "granite"), ("our-finetune-of-llama-3", "llama"),
    ])
    func modelsAreToldByTheirNames(name: String, family: String) {
        #expect(ModelFamily.of(name)?.name == family)
        #expect(ModelFamily.of(name, isModel: true)?.name == family)
    }

    @Test(arguments: [
        "Claude Dupont", "kim", "Philip", "Nova Peris", "O. Henry", "support team", "",
        "CLINC150 crowd workers",
        "Titania", "Yi Zhang", "Aya Sato", "Zephyr Cole", "command centre", "granite quarry", "Bardot",
    ])
    func peopleAreNoModels(name: String) { #expect(ModelFamily.of(name) == nil) }

    @Test func scoresLieInTheirRegions() {
        func regions(_ score: ExpectedScore, tags: [String] = []) -> [String] {
            var example = Example(id: "a", query: "b")
            example.expectedScore = score
            example.tags = tags
            return ScoreRegion.regions(of: example).map(\.rawValue).sorted()
        }
        #expect(regions(.value(0.95)) == ["HIGH"])
        #expect(regions(.value(0.92)) == ["HIGH", "boundary 0.90 ± 0.02"])
        #expect(regions(.value(0.88)) == ["MEDIUM", "boundary 0.90 ± 0.02"])
        #expect(regions(.value(0.70)) == ["MEDIUM", "boundary 0.70 ± 0.02"])
        #expect(regions(.value(0.68)) == ["LOW", "boundary 0.70 ± 0.02"])
        #expect(regions(.value(0.5)) == ["LOW"])
        #expect(regions(.value(0.49)) == ["TRUE NEGATIVE"])
        #expect(
            regions(.range(0.65...0.95)) == [
                "HIGH", "LOW", "MEDIUM", "boundary 0.70 ± 0.02", "boundary 0.90 ± 0.02",
            ])
        #expect(regions(.band(.medium)) == ["MEDIUM"])
        #expect(regions(.band(.high), tags: ["boundary"]) == ["HIGH", "boundary 0.90 ± 0.02"])
        #expect(regions(.band(.low), tags: ["boundary"]) == ["LOW", "boundary 0.70 ± 0.02"])
    }

    @Test func everyCodeHasAWordOfItsOwn() {
        #expect(Set(LintCode.allCases.map(\.title)).count == LintCode.allCases.count)
    }

    @Test func graverFindingsComeFirst() {
        #expect([Finding.Severity.note, .error, .warning].sorted() == [.error, .warning, .note])
    }
}
