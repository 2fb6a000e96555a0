import Rollout

/// The numbers of a gateway in the text form of Prometheus (version 0.0.4).
struct GatewayMetrics {
    let counters: GatewayCounters
    let mirror: Mirror
    let keeper: PlanKeeper
    let notifier: Notifier
    let log: AccessLog?
    let recorder: (any ExchangeRecorder)?

    func text() -> String {
        var out = Lines()
        let plan = keeper.cell.newest.plan
        let standing = keeper.standing
        requests(&out)
        out.counter(
            "fallbacks_total", "Requests that production answered since the candidate could not.",
            counters.sum(\.fallbacks))
        out.counter(
            "clients_gone_total", "Requests whose clients left before the answer's end.",
            counters.sum(\.clientsGone))
        out.counter("keyless_total", "Eligible requests without a sticky key.", counters.sum(\.keyless))
        out.counter(
            "ineligible_total", "Requests that the plan keeps from the candidate.", counters.sum(\.ineligible)
        )
        out.counter(
            "overrides_total", "Requests of testers with a valid signature.", counters.sum(\.overrides))
        out.counter(
            "overrides_refused_total", "Override headers that were expired, forged or malformed.",
            counters.sum(\.refusedOverrides))
        out.counter("upgrades_total", "Requests to go over to another protocol.", counters.sum(\.upgrades))
        copies(&out)
        out.gauge("plan_number", "The plan that holds.", plan.number)
        out.gauge("candidate_share", "The candidate's share as the plan has it, 0 to 1.", plan.share.fraction)
        let share = keeper.gate.isOpen ? plan.share.fraction : 0
        out.gauge("candidate_share_now", "The candidate's share as it is, 0 to 1.", share)
        out.gauge("fuse_blown", "1 where the fuse is blown.", standing.blown == nil ? 0 : 1)
        out.counter("fuse_outcomes_total", "Outcomes that the fuse has seen.", standing.outcomes)
        out.gauge(
            "lease_expired", "1 where the control plane was silent for too long.", standing.isExpired ? 1 : 0)
        out.counter("plans_applied_total", "Plans that came to hold since the start.", standing.appliedPlans)
        out.counter("plans_refused_total", "Plans that were refused.", standing.refusedPlans)
        out.counter(
            "keep_failures_total", "Plans and fuses that could not be written to disk.", standing.keepFailures
        )
        out.counter("notices_total", "Notices that were delivered.", notifier.delivered.count)
        out.counter("notices_lost_total", "Notices that were given up.", notifier.lost.count)
        if let log {
            out.counter(
                "access_log_dropped_total", "Lines of the access log that were lost.", log.dropped.count)
        }
        for number in recorder?.numbers() ?? [] {
            out.counter("capture_" + number.name, number.help, number.value)
        }
        return out.text
    }

    private func requests(_ out: inout Lines) {
        out.head(
            "requests_total", "counter", "Answers by the arm that gave them and the class of their status.")
        for arm in ArmName.allCases {
            for index in 1...5 {
                let count = counters.sum { $0.arm(arm).statuses[index] }
                out.line("requests_total", "arm=\"\(arm.rawValue)\",status=\"\(index)xx\"", "\(count)")
            }
        }
        out.head("assigned_total", "counter", "Requests by the arm that they were put to.")
        for arm in ArmName.allCases {
            out.line("assigned_total", "arm=\"\(arm.rawValue)\"", "\(counters.sum { $0.arm(arm).assigned })")
        }
        out.head(
            "failures_total", "counter", "Requests that an arm answered not at all, not whole, or with 5xx.")
        for arm in ArmName.allCases {
            out.line("failures_total", "arm=\"\(arm.rawValue)\"", "\(counters.sum { $0.arm(arm).failures })")
        }
        times(&out, "first_byte_seconds", "From the request to the answer's first byte.") { $0.firstByte }
        times(&out, "answer_seconds", "From the request to the answer's last byte.") { $0.total }
    }

    private func times(
        _ out: inout Lines, _ name: String, _ help: String,
        _ part: @escaping (LoopCounters.Arm) -> TimeBuckets
    ) {
        out.head(name, "histogram", help)
        for arm in ArmName.allCases {
            let counts = (0...TimeBuckets.ends.count).map { index in
                counters.sum { part($0.arm(arm)).buckets[index] }
            }
            let sum = counters.sum { part($0.arm(arm)).sum }
            out.histogram(name, "arm=\"\(arm.rawValue)\"", counts, microseconds: sum)
        }
    }

    private func copies(_ out: inout Lines) {
        out.counter("mirrorable_total", "Requests that the plan wants copied.", counters.sum(\.mirrorable))
        let lanes = [mirror.candidate, mirror.control]
        out.head("mirrored_total", "counter", "Copies that were sent.")
        for lane in lanes { out.line("mirrored_total", "arm=\"\(lane.arm)\"", "\(lane.sent.count)") }
        out.head("mirror_failures_total", "counter", "Copies that failed, or were answered with 5xx.")
        for lane in lanes { out.line("mirror_failures_total", "arm=\"\(lane.arm)\"", "\(lane.failed.count)") }
        out.head("mirror_dropped_total", "counter", "Copies that were not sent, by reason.")
        for lane in lanes {
            for reason in Mirror.Drop.allCases {
                let count = lane.drops[reason]?.count ?? 0
                out.line(
                    "mirror_dropped_total", "arm=\"\(lane.arm)\",reason=\"\(reason.rawValue)\"", "\(count)")
            }
        }
        out.gauge(
            "mirror_silent", "1 where nothing was copied for 10 s although the plan wants it.",
            keeper.standing.isMirrorSilent ? 1 : 0)
        out.head("mirror_answer_seconds", "histogram", "From a copy's sending to its answer's last byte.")
        for lane in lanes {
            out.histogram(
                "mirror_answer_seconds", "arm=\"\(lane.arm)\"", lane.total.buckets.map(\.count),
                microseconds: lane.total.sum.count)
        }
    }

    /// The text as it grows.
    private struct Lines {
        var text = ""

        mutating func head(_ name: String, _ kind: String, _ help: String) {
            text += "# HELP sluice_gateway_\(name) \(help)\n# TYPE sluice_gateway_\(name) \(kind)\n"
        }

        mutating func line(_ name: String, _ labels: String, _ value: String) {
            text += "sluice_gateway_\(name)" + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
        }

        mutating func counter(_ name: String, _ help: String, _ value: Int) {
            head(name, "counter", help)
            line(name, "", "\(value)")
        }

        mutating func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
            head(name, "gauge", help)
            line(name, "", "\(value)")
        }

        mutating func histogram(_ name: String, _ labels: String, _ counts: [Int], microseconds: Int) {
            var below = 0
            for (end, count) in zip(TimeBuckets.ends, counts) {
                below += count
                line("\(name)_bucket", "\(labels),le=\"\(end)\"", "\(below)")
            }
            let all = counts.reduce(0, +)
            line("\(name)_bucket", "\(labels),le=\"+Inf\"", "\(all)")
            line("\(name)_sum", labels, "\(Double(microseconds) / 1e6)")
            line("\(name)_count", labels, "\(all)")
        }
    }
}
