//! A runbook, and what its author tests about it.

runbook_runtime::include_runbooks!();

pub use rolling::{Outputs, Parameters, Rolling};

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use runbook_runtime::json;
    use runbook_runtime::signal::Signal;
    use runbook_runtime::simulate::{At, ExpectedCall, Said, Scenario};
    use runbook_runtime::status::Status;

    use crate::restart_instance;
    use crate::rolling::{self, Parameters, Step, api};

    const INSTANCE: &str = "i-0123456789abcdef0";

    /// Everything goes well, if Ana wants it: the image is there at the second look, and the instance runs.
    fn asked() -> Scenario {
        let create = At::step(Step::MakeImage).call::<api::CreateImage>();
        Scenario::new()
            .stored("/releases/topic", "arn:aws:sns:us-east-1:111122223333:releases")
            .at(create, json!({"ImageId": "ami-1"}))
            .on::<api::DescribeImages>(json!({"Images": [{"ImageId": "ami-1", "State": "pending"}]}))
            .on::<api::DescribeImages>(json!({"Images": [{"ImageId": "ami-1", "State": "available"}]}))
            .on::<api::Publish>(json!({}))
            .on::<api::StopInstances>(json!({}))
            .on::<restart_instance::api::DescribeInstances>(json!({
                "Reservations": [{"Instances": [{"State": {"Name": "running"}}]}],
            }))
            .on::<restart_instance::api::RebootInstances>(json!({}))
    }

    fn happy() -> Scenario {
        asked().says(Step::Ask, Said::approve().after(Duration::from_secs(1800)))
    }

    #[tokio::test]
    async fn everything_goes_well() {
        let run = rolling::run(Parameters::new(INSTANCE));
        let simulated = run.simulate(happy()).await.unwrap();

        simulated.assert_status(Status::Success);
        simulated.assert_all_used();
        assert_eq!(simulated.outputs.make_image_image_id.as_deref(), Some("ami-1"));
        assert!(simulated.elapsed() > Duration::from_secs(1800));
        assert_eq!(
            simulated.steps(),
            [
                (Step::MakeImage, Status::Success),
                (Step::Ask, Status::Success),
                (Step::Each, Status::Success),
                (Step::StopOne, Status::Success),
                (Step::StopOne, Status::Success),
                (Step::Restart, Status::Success),
            ]
        );
        simulated.assert_calls([
            ExpectedCall::of::<api::CreateImage>(json!({"InstanceId": INSTANCE, "Name": "before"})),
            ExpectedCall::of::<api::DescribeImages>(json!({"ImageIds": ["ami-1"]})),
            ExpectedCall::of::<api::Publish>(json!({})),
            ExpectedCall::of::<api::StopInstances>(json!({"InstanceIds": ["i-0000000000000000a"]})),
            ExpectedCall::of::<api::StopInstances>(json!({"InstanceIds": ["i-0000000000000000b"]})),
            ExpectedCall::of::<restart_instance::api::DescribeInstances>(json!({})),
            ExpectedCall::of::<restart_instance::api::RebootInstances>(json!({})),
        ]);
        let by: Vec<&str> = simulated.calls.iter().map(|call| &*call.step).collect();
        assert_eq!(by[by.len() - 4..], ["stopOne[1]", "stopOne[2]", "restart/look", "restart/reboot"]);
    }

    #[tokio::test]
    async fn nothing_is_stopped_if_somebody_says_no() {
        let run = rolling::run(Parameters::new(INSTANCE));
        let no = Signal::reject("arn:aws:iam::111122223333:user/ana").comment("not today");
        let rejected = asked().says(Step::Ask, no);
        let simulated = run.simulate(rejected).await.unwrap();
        simulated.assert_status(Status::Failed);
        simulated.assert_not_called::<api::StopInstances>();
    }

    #[tokio::test]
    async fn the_second_iteration_and_the_other_runbook_have_answers_of_their_own() {
        let scenario = happy()
            .fails_at(At::step(Step::StopOne).iteration(2), "IncorrectInstanceState", "gone")
            .at(
                At::step(Step::Restart).child(restart_instance::Step::Look),
                json!({"Reservations": []}),
            );
        let others = ["i-1", "i-2", "i-3"].map(str::to_owned).to_vec();
        let run = rolling::run(Parameters::new(INSTANCE).others(others));
        let simulated = run.simulate(scenario).await.unwrap();
        simulated.assert_status(Status::Failed);
        let stopped = simulated.calls_of::<api::StopInstances>();
        assert_eq!(stopped, [json!({"InstanceIds": ["i-1"]}), json!({"InstanceIds": ["i-2"]})]);
        assert_eq!(simulated.steps().last(), Some(&(Step::StopOne, Status::Failed)));
        assert_eq!(simulated.unused, [
            ".on::<api::DescribeInstances>(…)",
            ".on::<api::RebootInstances>(…)",
            ".at(\"restart/look\", …)",
        ]);
    }
}
