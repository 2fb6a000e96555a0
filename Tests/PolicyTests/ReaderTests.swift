import Domain
import Policy
import Testing

@Suite struct ReaderTests {
    @Test(arguments: Fixtures.names("good"))
    func goodPoliciesAreReadWithoutErrors(_ name: String) throws {
        let (policy, diagnostics) = PolicyReader.read(try Fixtures.bytes("good", name), path: name)
        #expect(policy != nil, "\(DiagnosticText().render(diagnostics))")
        #expect(!diagnostics.haveErrors)
    }
}
