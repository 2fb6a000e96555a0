import Domain
import Metrics
import Notation
import Testing

@Suite struct CatalogueTests {
    @Test func familiesAreSortedAndHaveOneNameEach() {
        let names = MetricCatalogue.families.map(\.name)
        #expect(names == Array(Set(names)).sorted())
    }

    @Test(arguments: [
        ("recal@3", "recall"), ("token_f2", "token_f1"), ("latancy", "latency"), ("zebra", nil),
    ])
    func anUnknownNameIsRefusedWithTheNearestKnownOne(_ wrong: String, _ meant: String?) {
        #expect {
            try metric(wrong)
        } throws: { error in
            (error as? MetricProblem)?.suggestion == meant
        }
    }

    @Test(arguments: [
        "recall", "recall@0", "recall@", "recall@x", "recall@-1", "recall@+1", "latency@3", "latency[x]",
        "cost.p95",
        "recall@3[x", "recall[]@3", "latency[]", "",
    ])
    func aMisshapenNameIsRefused(_ name: String) {
        #expect(throws: MetricProblem.self) { try metric(name) }
    }

    @Test func aParameterIsRefusedWhereNoneIsTaken() {
        #expect(throws: MetricProblem.self) { try metric("latency", "slow") }
    }
}
