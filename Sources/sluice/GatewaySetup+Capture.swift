import Domain
import Gateway
import Interchange
import Policy
import Rollout
import Traffic

/// What of the command line is about keeping and counting requests.
extension GatewaySetup {
    /// The recorder, not yet started: nothing is written before the start.
    func capture(_ doors: GatewayDoors) throws -> CaptureDoor {
        var usual = CaptureRule()
        if let fraction = try measure("capture-share", .share) {
            guard let share = Share(fraction: fraction) else {
                throw Self.usage("--capture-share goes in steps of 0.01%")
            }
            usual.rules.share = share.hundredths
        }
        let folder = arguments.value("capture")
        if folder == nil, arguments.has("capture-share") {
            throw Self.usage("--capture-share wants --capture FOLDER")
        }
        var settings = RecorderSettings(
            gateway: "gateway-\(listenPort)", rules: usual.rules,
            spool: folder.map { SpoolSettings(folder: $0) })
        settings.onNotice = doors.say
        var recordsAll = folder != nil
        if let path = arguments.value("statistics") {
            recordsAll = true
            let file = StatisticsFile(path, say: doors.say)
            settings.onSecond = { file.write($0) }
        }
        do throws(RecorderProblem) {
            return try CaptureDoor(settings, recordsAll: recordsAll, usual: usual)
        } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.badInput, message: error.description)
        }
    }

    /// Starts the recorder's thread, and takes the spool's folder.
    func start(_ capture: CaptureDoor) throws {
        do throws(RecorderProblem) { try capture.recorder.start() } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.couldNotMeasure, message: error.description)
        }
    }

    func keepsNothing(of plan: RoutingPlan) -> Bool { plan.capture != nil && !arguments.has("capture") }
}
