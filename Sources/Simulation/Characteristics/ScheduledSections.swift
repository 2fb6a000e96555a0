import Glibc
import Statistics

/// Tests with scheduled looks.
func scheduledSections(_ size: CharacteristicCatalogue.Size) throws -> [CharacteristicSection] {
    let bases = [0.001, 0.01, 0.1]
    let events = Double(size.events)
    struct Plan {
        let name: String
        var assumptions = CharacteristicRow.Assumptions.hold
        let bounds: [Double?]
        var clump = 1
        var note = ""
    }
    func plan(_ name: String, _ spending: AlphaSpending, _ looks: Int) throws -> Plan {
        let information = (1...looks).map(Double.init)
        let bounds = try GroupSequentialBounds.spending(spending, alpha: 0.025, information: information)
        return Plan(name: name, bounds: bounds.upper)
    }
    let four = try plan("O'Brien–Fleming, 4 looks", .obrienFleming, 4)
    var plans = [
        four, try plan("O'Brien–Fleming, 5 looks", .obrienFleming, 5),
        try plan("Pocock, 5 looks", .pocock, 5), try plan("power family t², 5 looks", .power(2), 5),
    ]
    plans.append(
        Plan(
            name: "O'Brien–Fleming, 4 looks, errors in bursts of six",
            assumptions: .broken("requests of a user are not independent"), bounds: four.bounds, clump: 6))
    plans.append(
        Plan(
            name: "z > 1.96 at each of 4 looks", assumptions: .broken("made for one look"),
            bounds: [1.96, 1.96, 1.96, 1.96]))
    func cell(_ plan: Plan, _ base: Double, _ seed: UInt64) -> CharacteristicCell {
        let bounds = plan.bounds
        let clump = plan.clump
        return CharacteristicCell(alpha: 0.025, replications: 20_000) { replication in
            var stream = RandomStream(seed: seed, stream: UInt64(replication))
            // An equal split: where the arms differ in size, few events skew the normal z.
            let step = Int(events * Double(clump) / base / Double(bounds.count) / 2)
            var failures = ArmCounts()
            var requests = ArmCounts()
            for bound in bounds {
                requests += ArmCounts(baseline: step, candidate: step)
                failures += ArmCounts(
                    baseline: clump * stream.binomial(step, base / Double(clump)),
                    candidate: clump * stream.binomial(step, base / Double(clump)))
                guard let bound, let z = twoProportionZ(failures, of: requests) else { continue }
                if z >= bound { return CharacteristicTrial(true) }
            }
            return CharacteristicTrial(false)
        }
    }
    var rows: [CharacteristicRow] = []
    for (number, plan) in plans.enumerated() {
        var cells: [CharacteristicCell?] = []
        for (column, base) in bases.enumerated() {
            cells.append(cell(plan, base, UInt64(3400 + number * 3 + column)))
        }
        rows.append(CharacteristicRow(plan.name, plan.assumptions, note: plan.note, cells: cells))
    }
    return [
        CharacteristicSection(
            title: "Scheduled looks: false alarms",
            lead: """
                Two-proportion z of two equal arms, one-sided α = .025 over all looks, \(thousands(size.events)) errors in all.
                """,
            head: "plan", columns: ["base .1 %", "base 1 %", "base 10 %"], rows: rows)
    ]
}
