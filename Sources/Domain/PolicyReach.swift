extension ReleasePolicy {
    /// All that a run by this policy may call or start, each with the policy's key that says so: the apps, and whom
    /// metrics ask.
    public var reach: [(key: String, target: TargetPolicy)] {
        var reach: [(key: String, target: TargetPolicy)] = []
        func add(_ key: String, _ target: TargetPolicy?) {
            if let target { reach.append((key, target)) }
        }
        add("app.baseline", app.baseline)
        add("app.candidate", app.candidate)
        add("embedding", embedding?.reach)
        add("judge", judge?.target)
        for metric in customs { add("custom.\(metric.name)", metric.reach) }
        return reach
    }
}
