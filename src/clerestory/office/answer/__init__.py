"""What leaves of a decided demand, once the records have said what protects their people."""
