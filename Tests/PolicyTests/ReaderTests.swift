import Domain
import Foundation
import Policy
import Testing

@Suite struct ReaderTests {
    @Test(arguments: Fixtures.names("good"))
    func goodPoliciesAreReadWithoutErrors(_ name: String) throws {
        let (policy, diagnostics) = PolicyReader.read(try Fixtures.bytes("good", name), path: name)
        #expect(policy != nil, "\(DiagnosticText().render(diagnostics))")
        #expect(!diagnostics.haveErrors)
    }

    @Test func gatesWithoutEndAreRefused() throws {
        let gates = (0..<9000).map { "score order a\($0) above b by 0.1" }
        let (policy, diagnostics) = read(Fixtures.policy(gates: gates))
        #expect(policy == nil)
        #expect(diagnostics.map(\.message) == ["9000 gates; a policy holds at most 2000"])
        #expect(diagnostics.first?.place.line == 2013)
    }

    @Test func aRuleThatYAMLWouldTakeForAnAliasOrTagMustBeQuoted() {
        for rule in ["*mrr >= 0.5", "!mrr >= 0.5", "@k >= 0.5", "%mrr >= 0.5"] {
            let (policy, diagnostics) = read(Fixtures.policy(gates: [rule]))
            #expect(policy == nil)
            #expect(diagnostics.haveErrors)
        }
    }

    /// The demo's own policy.
    @Test func theExamplePolicyIsReadWithoutAWord() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let file = root.appendingPathComponent("examples/helpdesk/sluice.yaml").standardizedFileURL
        let (_, diagnostics) = PolicyReader.read(Array(try Data(contentsOf: file)), path: "sluice.yaml")
        #expect(DiagnosticText().render(diagnostics) == "")
    }
}
