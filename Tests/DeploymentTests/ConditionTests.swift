import Deployment
import Domain
import Notation
import Testing

/// Conditions, read and held against answers. Expected values follow from the grammar in docs/journey.md.
@Suite struct ConditionTests {
    private static let body = """
        {"id": 7, "state": "open", "share": 0.5, "ok": true, "none": null, "a b": 1, "items": [{"n": 1}, {"n": 2}],
         "tags": ["x", "y z"], "text": "It said \\"no\\"", "empty": []}
        """

    @Test(arguments: [
        ("status == 200", true), ("status >= 200", true), ("status != 200", false),
        ("not status == 500", true),
        ("latency <= 12ms", true), ("latency < 12ms", false), ("latency <= 1s", true),
        ("/id == 7", true), ("/id == 7.0", true), ("/id == \"7\"", false), ("/id > 6", true),
        ("/id < 7", false),
        ("/state == open", true), ("/state == \"open\"", true), ("/state != closed", true),
        ("/ok == true", true), ("/ok == \"true\"", false), ("\"/a b\" == 1", true),
        ("/state contains pe", true), ("/state contains PE", false), ("/tags contains \"y z\"", true),
        ("/tags contains y", false), ("body contains state", true), ("/text contains \"\\\"no\\\"\"", true),
        ("/state matches ^op", true), ("/state matches (?i)^OP", true), ("/id matches ^7$", true),
        ("/items count == 2", true), ("/items count >= 3", false), ("/empty count == 0", true),
        ("/items/1/n == 2", true), ("/none exists", false), ("not /none exists", true),
        ("/state exists", true), ("/missing exists", false), ("not /missing exists", true),
        ("header content-type contains json", true), ("header X-Count > 9", true),
        ("header X-Count == 10", true),
        ("header X-None exists", false), ("text contains \"share\"", true),
    ])
    func aConditionIsWhatItSays(_ entry: (String, Bool)) throws {
        let answer = answer(Self.body, headers: [("Content-Type", "application/json"), ("X-Count", "10")])
        let result = try judge(entry.0, answer)
        #expect(result.holds == entry.1, "\(result)")
        #expect(result.condition == entry.0)
    }

    /// What is not there passes nothing that is said of it: a failed state must not be missed because it is gone.
    @Test(arguments: [
        "/missing == 1", "/missing != 1", "not /missing == 1", "/missing contains x",
        "not /missing contains x",
        "/missing matches x", "not /missing matches x", "/missing count >= 0", "/state count >= 0",
        "not /state > 1", "/items matches x", "header X-None != 1", "not header X-None contains x",
    ])
    func theAbsentPassesNothing(_ condition: String) throws {
        let result = try judge(condition, answer(Self.body))
        #expect(!result.holds, "\(result)")
    }

    @Test(arguments: ["", " ", "no JSON", "{\"id\": 7", "\u{0}", "{\"id\": 7} trailing"])
    func whatIsNoJSONPassesNothingOfIt(_ body: String) throws {
        for condition in ["/id == 7", "not /id exists", "/id exists", "body contains id"] {
            let result = try judge(condition, answer(body))
            #expect(!result.holds, "\(condition): \(result)")
            #expect(result.seen.contains("body"), "\(result)")
        }
    }

    @Test(arguments: [
        "", "status", "status 200", "status =", "status ==", "state == 1", "/a~2 == 1", "/id count 3",
        "/id count >= x",
        "header == 1", "header a:b == 1", "text schema x.json", "/id exists now", "/id == \"open", "not",
        "latency < 3",
        "/id == ${", "/id == ${a b}",
    ])
    func whatIsNoConditionIsRefused(_ text: String) {
        #expect(throws: StepText.Problem.self) { try StepCondition(text) }
    }

    @Test func placeholdersKeepTheirType() throws {
        var scope = scope()
        scope.keep("id", .integer(7))
        scope.keep("state", .string("open"))
        #expect(try judge("/id == ${id}", answer(Self.body), scope).holds)
        #expect(try judge("/state == ${state}", answer(Self.body), scope).holds)
        #expect(try !judge("/state == ${id}", answer(Self.body), scope).holds)
        #expect(try judge("/id == ${other}", answer(Self.body), scope).seen.contains("no value for ${other}"))
    }

    @Test func aSchemaSaysWhatIsWrongAndWhere() throws {
        let schema = try JSONSchema.compile(["properties": ["id": ["type": "string"]]]) { _ in { _ in false }
        }
        var scope = scope()
        let check = ConditionCheck(AnswerView(answer(Self.body)), schemas: ["s.json": schema])
        let result = check.judge(try StepCondition("body schema s.json"), &scope)
        #expect(!result.holds)
        #expect(result.seen.contains("/id is of type integer, not string"), "\(result)")
        #expect(!check.judge(try StepCondition("body schema other.json"), &scope).holds)
    }

    @Test func whatWasSeenIsCutAndWithoutSecrets() throws {
        var scope = scope(["KEY": "s3cr3t-value"])
        _ = try scope.text(try StepText("${env:KEY}"), for: .plain)
        let long = String(repeating: "x", count: 100_000)
        let result = try judge("/a == 1", answer("{\"a\": \"s3cr3t-value \(long)\"}"), scope)
        #expect(!result.seen.contains("s3cr3t"))
        #expect(result.seen.contains("<redacted>"))
        #expect(result.seen.utf8.count < 400)
    }
}
