fn main() {
    runbookc::Embed::new("../../examples/embed/runbooks/*.yaml")
        .aws(false)
        .build();
}
