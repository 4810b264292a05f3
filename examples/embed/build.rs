fn main() {
    runbookc::build("runbooks/*.yaml");
}
